import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ProcessTls } from './process-tls.js';

/** How long a client may take to agree on the encryption, in milliseconds. */
const handshakeTimeout = 10_000;

/** Makes a server for HTTP over TLS where the process has a certificate, renewed ones included; else for plain HTTP. */
export function createWebServer(
  options: ServerOptions,
  tls: ProcessTls | undefined,
  listener: RequestListener,
): Server {
  const serving = tls?.serving() ?? null;
  if (serving === null) return createHttpServer(options, listener);
  const server = createHttpsServer({ ...options, ...serving, handshakeTimeout }, listener);
  tls?.onRenewal(() => {
    server.setSecureContext(tls.serving() ?? serving);
  });
  return server;
}

/**
 * Follows the connections of a server, whose `closeAllConnections` knows only those on which HTTP is spoken already.
 * Returns what ends all of them.
 */
export function followConnections(server: Server): () => void {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return () => {
    for (const socket of open) socket.destroy();
  };
}

/** Whether a request is to be refused because its caller shows no certificate; health probes have none to show. */
export function lacksClientCertificate(
  { socket }: IncomingMessage,
  path: string,
  tls: ProcessTls | undefined,
): boolean {
  if (tls?.demandsClientCertificates !== true || path.startsWith('/health/')) return false;
  // That Node calls the connection authorized is not enough: it does so for every session of TLS 1.3 that is resumed,
  // those that began without a certificate included.
  return !(
    socket instanceof TLSSocket &&
    socket.authorized &&
    Object.keys(socket.getPeerCertificate()).length > 0
  );
}
