import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import type { Logger } from './logger.js';
import { PortTakenError, type Running } from './process-lifecycle.js';

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
}

/** A server that listens. */
export interface HttpServer extends Running {
  readonly port: number;
}

/**
 * Listens and answers by handlers. `stop` closes idle connections at once, lets requests that are under way finish
 * (their connections are closed after the answer) and resolves when none is left. Throws `PortTakenError`.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { logger } = options;
  let stopping = false;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    const requestId = requestIdOf(request, options.trustRequestId);
    response.setHeader('x-request-id', requestId);
    if (stopping) response.setHeader('connection', 'close');
    const exchange = { request, response, path, requestId };
    try {
      for (const handler of options.handlers) if (await handler(exchange)) return;
      sendJson(response, 404, { error: 'There is nothing here.' });
    } catch (error) {
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
  const server = createServer((request, response) => void answer(request, response));
  const port = await listen(server, options);
  return {
    port,
    async stop() {
      stopping = true;
      await new Promise<void>((resolve, reject) => {
        server.close((error) => {
          if (error) reject(error);
          else resolve();
        });
        server.closeIdleConnections();
      });
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

async function listen(server: Server, { host, port, portSetting }: HttpServerOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortTakenError(port, portSetting) : error);
    });
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}
