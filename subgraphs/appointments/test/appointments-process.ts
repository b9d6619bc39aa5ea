import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { keySettings, sharedDatabase } from '../../../test/cluster.js';
import { contextSecret, createSubgraphClient, type SubgraphClient } from '../../../test/subgraph-client.js';
import type { DirectoryStandIn } from '../../../test/directory-stand-in.js';
import { becomesReady } from './appointments-service.js';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const listening = z.object({ msg: z.literal('listening'), port: z.number() });

/** The service as a process of its own, over the database that all tests share; it ends with the test. */
export async function startAppointmentsProcess(
  patients: DirectoryStandIn,
  users: DirectoryStandIn,
): Promise<SubgraphClient> {
  const child = fork(main, {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    execArgv: [],
    env: {
      APPOINTMENTS_DATABASE_URL: sharedDatabase('appointments').databaseUrl,
      SERVICE_CONTEXT_SECRET: contextSecret,
      ...keySettings(),
      APPOINTMENTS_PORT: '0',
      PATIENTS_URL: patients.url,
      USERS_URL: users.url,
    },
  });
  if (child.stdout === null) throw new Error('The service has no log.');
  for await (const line of createInterface({ input: child.stdout })) {
    const parsed = listening.safeParse(JSON.parse(line));
    if (!parsed.success) continue;
    child.stdout.resume();
    const client = createSubgraphClient('appointments', parsed.data.port);
    await becomesReady(client);
    return {
      ...client,
      async [Symbol.asyncDispose]() {
        await client[Symbol.asyncDispose]();
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await ended;
      },
    };
  }
  throw new Error('The service ended before it listened.');
}
