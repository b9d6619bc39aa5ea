import { createServer } from 'node:net';

/** A port of 127.0.0.1 that was free a moment ago; somebody else may take it before you do. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address && typeof address === 'object') resolve(address.port);
        else reject(new Error('The operating system named no port.'));
      });
    });
  });
}
