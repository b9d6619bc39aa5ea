import { explainListenFailure, type ListenAddress } from '@caregraph/service-kit/listen-failure';
import { createServer } from 'node:net';

/**
 * Makes sure, before anything is started, that we can listen everywhere where we shall.
 *
 * @throws StartupError about the first place where we cannot: it names the setting to change
 */
export async function checkPorts(addresses: readonly ListenAddress[]): Promise<void> {
  for (const address of addresses) await tryListening(address);
}

function tryListening(address: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      reject(explainListenFailure(error, address));
    });
    server.listen({ port: address.port, host: address.host, exclusive: true }, () => {
      server.close(() => {
        resolve();
      });
    });
  });
}
