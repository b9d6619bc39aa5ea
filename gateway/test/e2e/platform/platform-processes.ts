import type { Role } from '@caregraph/service-kit';
import { serviceNames, type ServiceName } from '@caregraph/postgres';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createScratchDatabase, keySettings, type ScratchDatabase } from '../../../../test/cluster.js';
import { createTokenKey, signAccessToken, type TokenKey } from './access-token.js';
import { createGraphqlClient, type GraphqlClient } from './graphql-client.js';
import { createHttpsFetch, type Fetch } from './https-fetch.js';
import { findLastingPort } from './lasting-port.js';
import { startNodeProcess, type NodeProcess } from './node-process.js';

/** The four processes of the platform. */
export const processNames = [...serviceNames, 'gateway'] as const;
export type ProcessName = (typeof processNames)[number];

/** The whole platform as real processes, on databases and ports of its own; gone when it goes out of scope. */
export interface PlatformProcesses extends AsyncDisposable, GraphqlClient {
  /** Where a process listens, and where it shows its metrics. */
  readonly urls: Readonly<Record<ProcessName, string>>;
  readonly databases: Readonly<Record<ServiceName, ScratchDatabase>>;
  readonly contextSecret: string;
  readonly tokenKey: TokenKey;
  /** The process that runs under a name now. */
  process(name: ProcessName): NodeProcess;
  /** Starts a process that has ended, on the port it had, and waits until it is ready. */
  restart(name: ProcessName, settings?: Readonly<Record<string, string>>): Promise<void>;
  /** An access token for a user, without a login. */
  token(user: { readonly id: number; readonly role: Role }): Promise<string>;
  /** What a process counts, as Prometheus reads it. */
  metrics(name: ProcessName): Promise<string>;
  /** How many SQL statements for data each service has sent so far. */
  dataStatements(): Promise<Record<ServiceName, number>>;
}

const entries: Readonly<Record<ProcessName, URL>> = {
  users: new URL('../../../../subgraphs/users/dist/main.js', import.meta.url),
  patients: new URL('../../../../subgraphs/patients/dist/main.js', import.meta.url),
  appointments: new URL('../../../../subgraphs/appointments/dist/main.js', import.meta.url),
  gateway: new URL('../../../dist/main.js', import.meta.url),
};

/**
 * Starts the built platform; `settings` are given to all four processes, and override what they would have. With a
 * certificate among them, everything goes over TLS, and the tests need a `fetch` that trusts it. Resolves when the
 * gateway says that everything is ready.
 */
export async function startPlatformProcesses(
  settings: Readonly<Record<string, string>> = {},
  fetch: Fetch = globalThis.fetch,
): Promise<PlatformProcesses> {
  const origin = 'TLS_CERT_FILE' in settings ? 'https://localhost' : 'http://127.0.0.1';
  const ports = await forEachProcess(findLastingPort);
  const metricsPorts = await forEachProcess(findLastingPort);
  const urls = await forEachProcess((name) => Promise.resolve(`${origin}:${ports[name]}`));
  const databases = {
    users: await createScratchDatabase('users'),
    patients: await createScratchDatabase('patients'),
    appointments: await createScratchDatabase('appointments'),
  };
  const contextSecret = randomUUID() + randomUUID();
  const folder = await mkdtemp(join(tmpdir(), 'caregraph-platform-'));
  const tokenKey = await createTokenKey(folder);
  const environment: Readonly<Record<string, string>> = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'debug',
    SERVICE_CONTEXT_SECRET: contextSecret,
    ACCESS_TOKEN_KEYS_FILE: tokenKey.file,
    ...keySettings(),
    AUDIT_CHECKPOINTS_DIRECTORY: folder,
    PASSWORD_HASH_COST: '4',
    // Tests ask as much as they like, unless limits are what they are about.
    RATE_LIMIT_PER_ACCOUNT: '0',
    RATE_LIMIT_PER_ADDRESS: '0',
    LOGIN_LIMIT_PER_ADDRESS: '0',
    USERS_DATABASE_URL: databases.users.databaseUrl,
    PATIENTS_DATABASE_URL: databases.patients.databaseUrl,
    APPOINTMENTS_DATABASE_URL: databases.appointments.databaseUrl,
    USERS_PORT: String(ports.users),
    PATIENTS_PORT: String(ports.patients),
    APPOINTMENTS_PORT: String(ports.appointments),
    PORT: String(ports.gateway),
    USERS_URL: `${urls.users}/graphql`,
    PATIENTS_URL: `${urls.patients}/graphql`,
    APPOINTMENTS_URL: `${urls.appointments}/graphql`,
    ...settings,
  };

  const processes = new Map<ProcessName, NodeProcess>();
  const processOf = (name: ProcessName): NodeProcess => {
    const known = processes.get(name);
    if (known === undefined) throw new Error(`The process ${name} has not been started.`);
    return known;
  };
  const start = async (name: ProcessName, ownSettings?: Readonly<Record<string, string>>): Promise<void> => {
    const METRICS_PORT = String(metricsPorts[name]);
    const started = startNodeProcess(entries[name], { ...environment, METRICS_PORT, ...ownSettings });
    processes.set(name, started);
    await started.line(({ msg }) => msg === 'listening');
  };
  const metrics = async (name: ProcessName): Promise<string> =>
    (await fetch(`${origin}:${metricsPorts[name]}/metrics`)).text();
  const dispose = async (): Promise<void> => {
    await Promise.all([...processes.values()].map((process) => process[Symbol.asyncDispose]()));
    await Promise.all(Object.values(databases).map((database) => database[Symbol.asyncDispose]()));
    await rm(folder, { recursive: true });
  };

  try {
    await Promise.all(processNames.map((name) => start(name)));
    await becomesReady(urls.gateway);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    ...createGraphqlClient(`${urls.gateway}/graphql`, fetch),
    urls,
    databases,
    contextSecret,
    tokenKey,
    process: processOf,
    async restart(name, ownSettings) {
      await processOf(name).exit;
      await start(name, ownSettings);
      await becomesReady(urls[name]);
    },
    token: (user) => signAccessToken(tokenKey.privateKey, user),
    metrics,
    async dataStatements() {
      const count = async (name: ServiceName): Promise<number> => countDataStatements(await metrics(name));
      return {
        users: await count('users'),
        patients: await count('patients'),
        appointments: await count('appointments'),
      };
    },
    [Symbol.asyncDispose]: dispose,
  };
}

async function forEachProcess<Value>(
  make: (name: ProcessName) => Promise<Value>,
): Promise<Record<ProcessName, Value>> {
  return {
    users: await make('users'),
    patients: await make('patients'),
    appointments: await make('appointments'),
    gateway: await make('gateway'),
  };
}

/** On a busy machine the first connections to the databases take longer than a check of readiness may. */
async function becomesReady(url: string): Promise<void> {
  const fetch = url.startsWith('https:') ? createHttpsFetch() : globalThis.fetch;
  const deadline = Date.now() + 60_000;
  for (;;) {
    const readiness = await fetch(`${url}/health/ready`);
    const answer = await readiness.text();
    if (readiness.status === 200) return;
    await setTimeout(50);
    if (Date.now() > deadline) throw new Error(`The platform is not ready: ${answer}`);
  }
}

function countDataStatements(metrics: string): number {
  const [, count = '0'] =
    /^caregraph_sql_statements_total\{[^}]*kind="data"[^}]*\} (\d+)$/m.exec(metrics) ?? [];
  return Number(count);
}
