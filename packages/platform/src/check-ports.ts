import { PortTakenError } from '@caregraph/postgres';
import { createServer } from 'node:net';

/** A port that we shall listen on, and the setting that moves it. */
export interface NeededPort {
  port: number;
  setting: string;
  host: string;
}

/**
 * Makes sure, before anything is started, that every port is free.
 *
 * @throws PortTakenError naming the first one that is not
 */
export async function checkPorts(ports: readonly NeededPort[]): Promise<void> {
  for (const { port, setting, host } of ports) {
    if (await isTaken(port, host)) throw new PortTakenError(port, setting);
  }
}

function isTaken(port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(true);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => {
      server.close(() => {
        resolve(false);
      });
    });
  });
}
