import { nodeOptions } from '@caregraph/platform/node-options';
import { findFreePort, serviceNames } from '@caregraph/postgres';
import { spawn } from 'node:child_process';
import { createKeySet, writeKeySet } from '@caregraph/users-subgraph/access-token-key-set';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** @typedef {import('@caregraph/postgres').ServiceName | 'gateway'} ProcessName */

/**
 * Starts the four processes as they run in production, each on ports of its own; they end with us.
 *
 * @param {import('./databases.mjs').DatabaseUrls} databases
 * @param {string} directory for the logs, the keys that sign access tokens and the checkpoints
 * @param {Record<string, string>} keyFiles
 * @param {readonly string[]} [serviceOptions] more of Node's options, for the three services
 */
export async function startPlatform(databases, directory, keyFiles, serviceOptions = []) {
  const ports = await forEachProcess(findFreePort);
  const metricsPorts = await forEachProcess(findFreePort);
  const gateway = `http://127.0.0.1:${ports.gateway}`;
  const keysFile = path.join(directory, 'access-token-keys.json');
  await writeKeySet(keysFile, await createKeySet(new Date()));
  const shared = {
    ...environment(databases, ports, keysFile),
    ...keyFiles,
    AUDIT_CHECKPOINTS_DIRECTORY: path.join(directory, 'audit-checkpoints'),
  };
  const children = await forEachProcess(async (name) => {
    const log = openSync(path.join(directory, `${name}.log`), 'w');
    const entry = name === 'gateway' ? '../../gateway/dist/main.js' : `../../subgraphs/${name}/dist/main.js`;
    const options = [...nodeOptions, ...(name === 'gateway' ? [] : serviceOptions)];
    return spawn(process.execPath, [...options, fileURLToPath(new URL(entry, import.meta.url))], {
      env: { ...process.env, ...shared, METRICS_PORT: String(metricsPorts[name]) },
      stdio: ['ignore', log, log, 'ipc'],
    });
  });
  const stop = async () => {
    await Promise.all(
      Object.values(children).map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill('SIGTERM');
        await once(child, 'exit');
      }),
    );
  };
  try {
    await becomesReady(gateway, children, directory);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    gateway,
    stop,
    /** What the processes have done so far. */
    async readCounters() {
      const texts = await forEachProcess((name) => readMetrics(metricsPorts[name]));
      const statements = serviceNames.map((name) =>
        counterOf(texts[name], /^caregraph_sql_statements_total\{[^}]*kind="data"[^}]*\} (\S+)$/m),
      );
      const cpuSeconds = await forEachProcess((name) =>
        counterOf(texts[name], /^process_cpu_seconds_total\S* (\S+)/m),
      );
      return { statements: statements.reduce((total, count) => total + count, 0), cpuSeconds };
    },
  };
}

/**
 * @template Value
 * @param {(name: ProcessName) => Value | Promise<Value>} make
 * @returns {Promise<Record<ProcessName, Value>>}
 */
async function forEachProcess(make) {
  return {
    users: await make('users'),
    patients: await make('patients'),
    appointments: await make('appointments'),
    gateway: await make('gateway'),
  };
}

/**
 * @param {import('./databases.mjs').DatabaseUrls} databases
 * @param {Record<ProcessName, number>} ports
 * @param {string} keysFile holds the keys that sign access tokens
 */
function environment(databases, ports, keysFile) {
  const origin = /** @param {ProcessName} name */ (name) => `http://127.0.0.1:${ports[name]}`;
  return {
    NODE_ENV: 'production',
    // All on this machine, on made-up data.
    ALLOW_PLAIN_CONNECTIONS: 'database,services,clients',
    ALLOW_DEMO_ACCOUNTS: 'true',
    HOST: '127.0.0.1',
    SERVICE_CONTEXT_SECRET: randomUUID() + randomUUID(),
    ACCESS_TOKEN_KEYS_FILE: keysFile,
    // What is measured is not the limits.
    RATE_LIMIT_PER_ACCOUNT: '0',
    RATE_LIMIT_PER_ADDRESS: '0',
    LOGIN_LIMIT_PER_ADDRESS: '0',
    // One login lasts for the whole run.
    ACCESS_TOKEN_SECONDS: '3600',
    USERS_DATABASE_URL: databases.users.databaseUrl,
    PATIENTS_DATABASE_URL: databases.patients.databaseUrl,
    APPOINTMENTS_DATABASE_URL: databases.appointments.databaseUrl,
    USERS_PORT: String(ports.users),
    PATIENTS_PORT: String(ports.patients),
    APPOINTMENTS_PORT: String(ports.appointments),
    PORT: String(ports.gateway),
    USERS_URL: `${origin('users')}/graphql`,
    PATIENTS_URL: `${origin('patients')}/graphql`,
    APPOINTMENTS_URL: `${origin('appointments')}/graphql`,
  };
}

/**
 * @param {string} gateway
 * @param {Record<ProcessName, import('node:child_process').ChildProcess>} children
 * @param {string} directory
 */
async function becomesReady(gateway, children, directory) {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const ended = Object.entries(children).find(([, child]) => child.exitCode !== null);
    if (ended) throw new Error(`The process ${ended[0]} has ended; its log is in ${directory}.`);
    const answer = await fetch(`${gateway}/health/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await delay(100);
  }
  throw new Error(`The platform does not become ready; its logs are in ${directory}.`);
}

/** @param {number} port */
async function readMetrics(port) {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  return response.text();
}

/**
 * @param {string} text
 * @param {RegExp} line
 */
function counterOf(text, line) {
  return Number(line.exec(text)?.[1] ?? 0);
}
