import { randomUUID } from 'node:crypto';
import { buildConnector, errors, Pool } from 'undici';
import { explainCertificateFailure } from './certificate-failure.js';
import { AnswerTimeoutError, exchange, type HttpAnswer, type HttpQuestion } from './http-exchange.js';
import { createInFlight } from './in-flight.js';
import type { ProcessTls } from './process-tls.js';
import { contextHeader, signContext, type CallContext } from './signed-context.js';
import { noClient, type Principal } from './viewer.js';

/** A request that did not get a usable answer. Its message is for logs: it may name hosts. */
export class ServiceUnavailableError extends Error {
  constructor(
    readonly service: string,
    readonly reason: 'unreachable' | 'timeout' | 'invalid-response',
    options?: ErrorOptions,
  ) {
    super(`The ${service} service is unavailable (${reason})`, options);
    this.name = 'ServiceUnavailableError';
  }
}

export interface ServiceClientOptions {
  /** The service's name: the audience of the signed contexts. */
  readonly service: string;
  readonly url: string;
  /** Who calls. */
  readonly issuer: Principal;
  /** What contexts are signed with; null sends none, to services that are not Caregraph's. */
  readonly secret: string | null;
  /** Whom to trust where the URL is https, and what to show there; what Node trusts, and nothing, unless given. */
  readonly tls?: ProcessTls;
  /** How long an answer may take, from connecting to its last byte, in milliseconds. */
  readonly timeout: number;
}

/** A GraphQL request, as it is sent. */
export interface GraphqlRequest {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

export interface SendOptions {
  /** Aborts when nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The answer to an identical request that is under way will do. Only where requests carry no identity, so that both
   * are the same in all that the service is told. Each gets a copy of its own.
   */
  readonly isShareable?: boolean;
}

/** A GraphQL response as it came: an object, whose parts the caller has to check. */
export type RawGraphqlResponse = Readonly<Record<string, unknown>>;

/** What a `ServiceRoute` answered. */
export interface ServiceDocument {
  readonly document: unknown;
  readonly etag: string | undefined;
}

/** Calls one GraphQL service over kept-alive connections, with a context signed for that very call. */
export interface ServiceClient {
  /** Sends a request, or the JSON of one. Throws `ServiceUnavailableError` when no GraphQL response comes in time. */
  send(
    request: GraphqlRequest | string,
    context: CallContext,
    options?: SendOptions,
  ): Promise<RawGraphqlResponse>;
  /**
   * Reads a `ServiceRoute` in the caller's own name; `'unchanged'` where it is still what `etag` stands for. Throws
   * `ServiceUnavailableError` when no document comes in time.
   */
  read(path: string, etag?: string): Promise<ServiceDocument | 'unchanged'>;
  /** Throws unless the service is up and reaches what it needs itself. */
  checkReadiness(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The largest answer that is read, in bytes: three times what a page of a hundred records with texts of full length
 * has. Whatever is larger would take the process's memory from everybody else.
 */
const maximumAnswerSize = 33_554_432;

export function createServiceClient(options: ServiceClientOptions): ServiceClient {
  const { service, timeout } = options;
  const url = new URL(options.url);
  const pool = new Pool(url.origin, {
    connections: 64,
    pipelining: 1,
    connect: options.tls === undefined ? { timeout } : connector(options.tls, timeout),
    headersTimeout: timeout,
    bodyTimeout: timeout,
    maxResponseSize: maximumAnswerSize,
  });
  const path = url.pathname + url.search;
  const inFlight = createInFlight<HttpAnswer>();

  function parseAnswer(content: string): unknown {
    try {
      return JSON.parse(content) as unknown;
    } catch (error) {
      throw new ServiceUnavailableError(service, 'invalid-response', { cause: error });
    }
  }

  /** The headers that tell the service on whose behalf it is called. */
  function contextHeaders(context: CallContext, target: string, body: string): Record<string, string> {
    const { secret, issuer } = options;
    return {
      'x-request-id': context.requestId,
      ...(secret !== null && {
        [contextHeader]: signContext(secret, context, { issuer, audience: service, target, body }),
      }),
    };
  }

  /** Asks in time, and says of every failure but the caller's own change of mind what it was. */
  async function ask(question: HttpQuestion, signal?: AbortSignal): Promise<HttpAnswer> {
    try {
      return await exchange(pool, question, timeout, signal);
    } catch (error) {
      if (signal?.aborted === true) throw error;
      const isTooLarge = error instanceof errors.ResponseExceededMaxSizeError;
      const isLate = error instanceof AnswerTimeoutError;
      const reason = isLate ? 'timeout' : isTooLarge ? 'invalid-response' : 'unreachable';
      throw new ServiceUnavailableError(service, reason, { cause: explainCertificateFailure(error) });
    }
  }

  return {
    async send(request, context, { signal, isShareable = false } = {}) {
      const body = typeof request === 'string' ? request : JSON.stringify(request);
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json',
        ...contextHeaders(context, `POST ${path}`, body),
      };
      const post = (abandoned?: AbortSignal): Promise<HttpAnswer> =>
        ask({ method: 'POST', path, headers, body }, abandoned);
      const isShared = isShareable && options.secret === null;
      const { text } = await (isShared ? inFlight.join(body, post, signal) : post(signal));
      const answer = parseAnswer(text);
      if (isObject(answer)) return answer;
      throw new ServiceUnavailableError(service, 'invalid-response');
    },
    async read(route, etag) {
      const context = {
        viewer: { kind: 'service', name: options.issuer },
        client: noClient,
        requestId: randomUUID(),
      } as const;
      const headers = {
        ...contextHeaders(context, `GET ${route}`, ''),
        ...(etag !== undefined && { 'if-none-match': etag }),
      };
      const answer = await ask({ method: 'GET', path: route, headers });
      if (answer.statusCode === 304) return 'unchanged';
      if (answer.statusCode !== 200) throw new ServiceUnavailableError(service, 'invalid-response');
      return { document: parseAnswer(answer.text), etag: answer.headers.etag };
    },
    async checkReadiness() {
      const { statusCode } = await ask({ method: 'GET', path: '/health/ready' });
      if (statusCode !== 200) throw new ServiceUnavailableError(service, 'unreachable');
    },
    close: () => pool.close(),
  };
}

/** Connects with what the process encrypts with at that time. */
function connector(tls: ProcessTls, timeout: number): buildConnector.connector {
  // Said, because a variable of Node's would otherwise let anybody answer.
  const rejectUnauthorized = true;
  let secureContext = tls.calling();
  let connect = buildConnector({ secureContext, rejectUnauthorized, timeout });
  return (options, callback) => {
    if (secureContext !== tls.calling()) {
      secureContext = tls.calling();
      connect = buildConnector({ secureContext, rejectUnauthorized, timeout });
    }
    connect(options, callback);
  };
}

function isObject(value: unknown): value is RawGraphqlResponse {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
