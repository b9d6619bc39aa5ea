import { once } from 'node:events';
import { createServer as createPlainServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Certificate } from '../../../test/certificates.js';

/** What every count comes to at a stand-in: more than anybody counts in memory. */
export const standInCount = 1_000_000;

/** Takes the place of a Redis server; gone when it goes out of scope. */
export interface RedisStandIn extends AsyncDisposable {
  readonly url: string;
  /** Whether it goes on accepting connections and commands, and answers nothing. */
  silent: boolean;
  /** How many commands have come, and how many of them were scripts, which count. */
  readonly commands: number;
  readonly scripts: number;
}

/** Speaks as much of Redis's protocol as a client needs to count; with a certificate, over TLS. */
export async function startRedisStandIn({
  silent = false,
  certificate,
}: { silent?: boolean; certificate?: Certificate } = {}): Promise<RedisStandIn> {
  const standIn = { silent, commands: 0, scripts: 0 };
  const sockets = new Set<Socket>();
  const serve = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.setEncoding('latin1').on('data', (text: string) => {
      for (const command of text.split(/(?=\*\d+\r\n\$)/)) {
        const isScript = command.includes('EVAL');
        standIn.commands += 1;
        if (isScript) standIn.scripts += 1;
        if (standIn.silent) continue;
        socket.write(isScript ? `*2\r\n:${standInCount}\r\n:60000\r\n` : '+OK\r\n');
      }
    });
  };
  const server =
    certificate === undefined
      ? createPlainServer(serve)
      : createTlsServer({ cert: certificate.certificate, key: certificate.key }, serve);
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(standIn, {
    url: `${certificate === undefined ? 'redis' : 'rediss'}://localhost:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  });
}
