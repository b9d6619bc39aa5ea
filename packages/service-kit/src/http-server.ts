import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { connectionOptions, limitConnections, type ConnectionLimits } from './connection-limits.js';
import { explainListenFailure } from './listen-failure.js';
import type { Logger } from './logger.js';
import type { Running } from './process-lifecycle.js';
import type { ProcessTls } from './process-tls.js';
import { createWebServer, followConnections, lacksClientCertificate } from './web-server.js';

/** A request that is being answered. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The path of the URL, without the query string. */
  readonly path: string;
  /** Joins the log lines of one request across all processes. */
  readonly requestId: string;
}

/** Answers an exchange, or returns false where it is not its own. */
export type Handler = (exchange: Exchange) => boolean | Promise<boolean>;

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  /** The setting that moves the port, for the message when it is taken. */
  readonly portSetting: string;
  readonly logger: Logger;
  /** Tried in order; when none answers, the client gets 404. */
  readonly handlers: readonly Handler[];
  /** Whether a request id that the client sends is kept; only callers that are trusted may choose one. */
  readonly trustRequestId: boolean;
  readonly connectionLimits?: Partial<ConnectionLimits> | undefined;
  /** The certificate to serve HTTPS with; plain HTTP where there is none. */
  readonly tls?: ProcessTls | undefined;
}

/** A server that listens. */
export interface HttpServer extends Running {
  readonly port: number;
}

/**
 * Listens and answers by handlers. `stop` takes no more connections, lets requests that are under way finish, and then
 * closes every connection, also one on which nothing was ever asked: browsers and load balancers open them ahead.
 * Throws a `StartupError` when it cannot listen.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { logger } = options;
  let underWay = 0;
  let stopping: (() => void) | null = null;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    const requestId = requestIdOf(request, options.trustRequestId);
    response.setHeader('x-request-id', requestId);
    if (stopping !== null) response.setHeader('connection', 'close');
    underWay += 1;
    response.once('close', () => {
      underWay -= 1;
      if (underWay === 0) stopping?.();
    });
    if (lacksClientCertificate(request, path, options.tls)) {
      sendJson(response, 401, graphqlErrorBody('UNAUTHENTICATED', 'Callers have to show a certificate.'));
      return;
    }
    const exchange = { request, response, path, requestId };
    try {
      for (const handler of options.handlers) if (await handler(exchange)) return;
      sendJson(response, 404, { error: 'There is nothing here.' });
    } catch (error) {
      if (request.destroyed && !request.complete) {
        logger.debug({ requestId, path }, 'the client went away while it sent its request');
        return;
      }
      logger.error({ err: error, requestId, path }, 'a request failed');
      if (response.headersSent) response.destroy();
      else
        sendJson(
          response,
          500,
          graphqlErrorBody('INTERNAL_SERVER_ERROR', 'Something went wrong on our side.'),
        );
    }
  };
  const server = createWebServer(
    connectionOptions(options.connectionLimits),
    options.tls,
    (request, response) => void answer(request, response),
  );
  const endConnections = followConnections(server);
  limitConnections(server, options.connectionLimits);
  const port = await listen(server, options);
  return {
    port,
    async stop() {
      const closed = new Promise<void>((resolve) =>
        server.close(() => {
          resolve();
        }),
      );
      server.closeIdleConnections();
      if (underWay > 0)
        await new Promise<void>((resolve) => {
          stopping = resolve;
        });
      endConnections();
      await closed;
    },
  };
}

/** Sends a small JSON document. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}

/** A GraphQL response that holds one error and no data, for requests that never reach execution. */
export function graphqlErrorBody(code: string, message: string): object {
  return { errors: [{ message, extensions: { code } }] };
}

function requestIdOf(request: IncomingMessage, trusted: boolean): string {
  const given = request.headers['x-request-id'];
  return trusted && typeof given === 'string' && /^[\w.-]{1,100}$/.test(given) ? given : randomUUID();
}

async function listen(server: Server, options: HttpServerOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(explainListenFailure(error, options));
    });
    server.listen(options.port, options.host, resolve);
  });
  return (server.address() as AddressInfo).port;
}
