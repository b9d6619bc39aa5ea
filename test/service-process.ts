import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ServiceName } from '@caregraph/service-kit';
import { keySettings, sharedDatabase } from './cluster.js';
import { contextSecret, createSubgraphClient, type SubgraphClient } from './subgraph-client.js';

/** A service as a process of its own. */
export interface ServiceProcess extends SubgraphClient {
  /** The lines of its log so far. */
  readonly log: readonly string[];
}

const listening = z.object({ msg: z.literal('listening'), port: z.number() });

/** Starts a service over the database that all tests share; `settings` go beside those it needs. It ends with the test. */
export async function startServiceProcess(
  service: ServiceName,
  settings: NodeJS.ProcessEnv,
): Promise<ServiceProcess> {
  const child = forkService(service, settings, 'inherit');
  const log: string[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: piped(child, 'stdout') })
      .on('line', (line) => {
        log.push(line);
        const parsed = listening.safeParse(JSON.parse(line));
        if (parsed.success) resolve(parsed.data.port);
      })
      .once('close', () => {
        reject(new Error(`The ${service} service ended before it listened.`));
      });
  });
  const client = createSubgraphClient(service, port);
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

/** What a service says on standard error that ends instead of starting with these settings, and its exit code. */
export async function startInVain(
  service: ServiceName,
  settings: NodeJS.ProcessEnv,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = forkService(service, settings, 'pipe', AbortSignal.timeout(30_000));
  const [said] = await Promise.all([
    text(piped(child, 'stderr')),
    text(piped(child, 'stdout')),
    once(child, 'exit'),
  ]);
  return { code: child.exitCode, said };
}

function forkService(
  service: ServiceName,
  settings: NodeJS.ProcessEnv,
  errors: 'inherit' | 'pipe',
  signal?: AbortSignal,
): ChildProcess {
  return fork(fileURLToPath(new URL(`../subgraphs/${service}/dist/main.js`, import.meta.url)), {
    stdio: ['ignore', 'pipe', errors, 'ipc'],
    execArgv: [],
    signal,
    env: {
      [`${service.toUpperCase()}_DATABASE_URL`]: sharedDatabase(service).databaseUrl,
      [`${service.toUpperCase()}_PORT`]: '0',
      SERVICE_CONTEXT_SECRET: contextSecret,
      ...keySettings(),
      ...settings,
    },
  });
}

function piped(child: ChildProcess, name: 'stdout' | 'stderr'): Readable {
  const stream = child[name];
  if (stream === null) throw new Error(`There is no ${name} of the process.`);
  return stream;
}
