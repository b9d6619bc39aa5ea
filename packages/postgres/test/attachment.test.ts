import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { attach } from '../src/attachment.js';

it('does not wait for ever for something that listens and says nothing', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const attempt = attach(`postgresql://postgres@127.0.0.1:${port}/postgres`);
  await expect(attempt).rejects.toThrow(`What listens on port ${port} does not answer as PostgreSQL.`);
  for (const socket of sockets) socket.destroy();
  silent.close();
});
