import type { Server, ServerOptions } from 'node:http';
import type { Duplex } from 'node:stream';

/** What one server grants those who connect to it. */
export interface ConnectionLimits {
  /** How long the head of a request may take to arrive, in milliseconds. */
  readonly headersTimeout: number;
  /** How long a whole request may take to arrive, in milliseconds. */
  readonly requestTimeout: number;
  /** How many connections may be open at a time; 0 for any number. */
  readonly maximum: number;
}

const defaultLimits: ConnectionLimits = { headersTimeout: 10_000, requestTimeout: 30_000, maximum: 0 };
/** How long nothing may move on a connection, in milliseconds: whoever does not read an answer keeps its memory. */
const silence = 120_000;
/** The HTTP status for what Node's parser reports; 400 for the rest. */
const statuses: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/** What a server is made with, so that slow clients do not hold its connections. */
export function connectionOptions(limits: Partial<ConnectionLimits> = {}): ServerOptions {
  const { headersTimeout, requestTimeout } = { ...defaultLimits, ...limits };
  const shortest = Math.min(headersTimeout, requestTimeout);
  return {
    headersTimeout: shortest,
    requestTimeout,
    // Node looks at the connections from time to time only.
    connectionsCheckingInterval: Math.min(5_000, Math.ceil(shortest / 2)),
  };
}

/**
 * Bounds the connections of a server, and answers what is no HTTP request (two lengths, a head that is too large or
 * never ends) with a GraphQL error, as everything else that is refused.
 */
export function limitConnections(server: Server, limits: Partial<ConnectionLimits> = {}): void {
  const { maximum } = { ...defaultLimits, ...limits };
  if (maximum > 0) server.maxConnections = maximum;
  server.setTimeout(silence);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex & { bytesWritten?: number }) => {
    // Nothing can be said on a connection on which an answer may be under way.
    if (!socket.writable || error.code === 'ECONNRESET' || socket.bytesWritten !== 0) {
      socket.destroy();
      return;
    }
    const body = JSON.stringify({
      errors: [{ message: 'The request is not valid HTTP.', extensions: { code: 'BAD_REQUEST' } }],
    });
    socket.end(
      [
        `HTTP/1.1 ${statuses[error.code ?? ''] ?? '400 Bad Request'}`,
        'content-type: application/json; charset=utf-8',
        `content-length: ${Buffer.byteLength(body)}`,
        'cache-control: no-store',
        'x-content-type-options: nosniff',
        'connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  });
}
