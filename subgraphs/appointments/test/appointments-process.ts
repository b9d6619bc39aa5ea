import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { keySettings, sharedDatabase } from '../../../test/cluster.js';
import { contextSecret, createSubgraphClient, type SubgraphClient } from '../../../test/subgraph-client.js';
import type { DirectoryStandIn } from '../../../test/directory-stand-in.js';
import { becomesReady } from './appointments-service.js';

/** The service as a process of its own. */
export interface AppointmentsProcess extends SubgraphClient {
  /** The lines of its log so far. */
  readonly log: readonly string[];
}

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const listening = z.object({ msg: z.literal('listening'), port: z.number() });

function forkMain(settings: NodeJS.ProcessEnv, output: 'inherit' | 'pipe', signal?: AbortSignal) {
  const child = fork(main, {
    stdio: ['ignore', 'pipe', output, 'ipc'],
    execArgv: [],
    signal,
    env: {
      APPOINTMENTS_DATABASE_URL: sharedDatabase('appointments').databaseUrl,
      SERVICE_CONTEXT_SECRET: contextSecret,
      ...keySettings(),
      APPOINTMENTS_PORT: '0',
      ...settings,
    },
  });
  return { child, stdout: piped(child, 'stdout') };
}

function piped(child: ChildProcess, name: 'stdout' | 'stderr'): Readable {
  const stream = child[name];
  if (stream === null) throw new Error(`The service has no ${name}.`);
  return stream;
}

/** Starts the service over the database that all tests share; it ends with the test. */
export async function startAppointmentsProcess(
  patients: DirectoryStandIn,
  users: DirectoryStandIn,
): Promise<AppointmentsProcess> {
  const { child, stdout } = forkMain({ PATIENTS_URL: patients.url, USERS_URL: users.url }, 'inherit');
  const log: string[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: stdout })
      .on('line', (line) => {
        log.push(line);
        const parsed = listening.safeParse(JSON.parse(line));
        if (parsed.success) resolve(parsed.data.port);
      })
      .once('close', () => {
        reject(new Error('The service ended before it listened.'));
      });
  });
  const client = createSubgraphClient('appointments', port);
  await becomesReady(client);
  return {
    ...client,
    log,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** What a process says on standard error that ends instead of starting with these settings, and its exit code. */
export async function startInVain(
  settings: NodeJS.ProcessEnv,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const { child, stdout } = forkMain(settings, 'pipe', AbortSignal.timeout(30_000));
  const [stderr] = await Promise.all([text(piped(child, 'stderr')), text(stdout), once(child, 'exit')]);
  return { code: child.exitCode, said: stderr };
}
