import { Pool } from 'undici';
import { contextHeader, signContext, type CallContext } from './signed-context.js';

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
  /** Who calls; null together with `secret` null sends no context, to services that are not Caregraph's. */
  readonly issuer: string;
  readonly secret: string | null;
  /** How long an answer may take, from connecting to its last byte, in milliseconds. */
  readonly timeout: number;
}

/** A GraphQL request, as it is sent. */
export interface GraphqlRequest {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

/** A GraphQL response as it came: an object, whose parts the caller has to check. */
export type RawGraphqlResponse = Readonly<Record<string, unknown>>;

/** Calls one GraphQL service over kept-alive connections, with a context signed for that very call. */
export interface ServiceClient {
  /** Throws `ServiceUnavailableError` when no GraphQL response comes in time. */
  send(request: GraphqlRequest, context: CallContext, signal?: AbortSignal): Promise<RawGraphqlResponse>;
  /** Throws unless the service is up and reaches what it needs itself. */
  checkReadiness(): Promise<void>;
  close(): Promise<void>;
}

export function createServiceClient(options: ServiceClientOptions): ServiceClient {
  const { service, timeout } = options;
  const url = new URL(options.url);
  const pool = new Pool(url.origin, {
    connections: 64,
    pipelining: 1,
    connect: { timeout },
    headersTimeout: timeout,
    bodyTimeout: timeout,
  });
  const path = url.pathname + url.search;

  async function post(body: string, headers: Record<string, string>, signal: AbortSignal): Promise<unknown> {
    const { body: answer } = await pool.request({ method: 'POST', path, headers, body, signal });
    const content = await answer.text();
    try {
      return JSON.parse(content) as unknown;
    } catch (error) {
      throw new ServiceUnavailableError(service, 'invalid-response', { cause: error });
    }
  }

  return {
    async send(request, context, signal) {
      const body = JSON.stringify(request);
      const headers: Record<string, string> = {
        'content-type': 'application/json',
        accept: 'application/json',
        'x-request-id': context.requestId,
      };
      if (options.secret !== null) {
        const call = { issuer: options.issuer, audience: service, body };
        headers[contextHeader] = signContext(options.secret, context, call);
      }
      const deadline = AbortSignal.timeout(timeout);
      const signals = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
      try {
        const answer = await post(body, headers, signals);
        if (isObject(answer)) return answer;
      } catch (error) {
        if (error instanceof ServiceUnavailableError || signal?.aborted === true) throw error;
        throw new ServiceUnavailableError(service, deadline.aborted ? 'timeout' : 'unreachable', {
          cause: error,
        });
      }
      throw new ServiceUnavailableError(service, 'invalid-response');
    },
    async checkReadiness() {
      const { statusCode, body } = await pool.request({
        method: 'GET',
        path: '/health/ready',
        signal: AbortSignal.timeout(timeout),
      });
      await body.dump();
      if (statusCode !== 200) throw new ServiceUnavailableError(service, 'unreachable');
    },
    close: () => pool.close(),
  };
}

function isObject(value: unknown): value is RawGraphqlResponse {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
