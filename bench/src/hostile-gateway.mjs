import { findFreePort } from '@caregraph/postgres';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../gateway/dist/main.js', import.meta.url));
const supergraph = new URL('../../gateway/supergraph.graphql', import.meta.url);

/** The defaults of the platform's gateway; one that runs alone has no limit of the cost by itself. */
export const withLimits = { MAX_COST: '20000' };
/** Nothing is limited but the size of a body, which is the same for both. */
export const withoutLimits = Object.fromEntries(
  [
    ...[
      'TOKENS',
      'OPERATIONS',
      'FRAGMENTS',
      'DEPTH',
      'FIELDS',
      'ALIASES',
      'DIRECTIVES',
      'ROOT_FIELDS',
      'COST',
    ],
    ...['VARIABLE_VALUES', 'VARIABLE_CHARACTERS'],
  ].map((limit) => [`MAX_${limit}`, '0']),
);

/**
 * One subgraph in place of three, which knows nothing about anything, at once: what is measured is the gateway.
 *
 * @param {string} directory for the supergraph that names it
 */
export async function startEmptySubgraph(directory) {
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{}}');
    });
  });
  const port = await findFreePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const file = path.join(directory, 'hostile-supergraph.graphql');
  const sdl = await readFile(supergraph, 'utf8');
  await writeFile(
    file,
    sdl.replaceAll(/http:\/\/127\.0\.0\.1:400\d\/graphql/g, `http://127.0.0.1:${port}/graphql`),
  );
  return {
    file,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * Starts the gateway over a supergraph.
 *
 * @param {string} file
 * @param {Record<string, string>} limits
 * @param {string} directory for the log
 * @param {readonly string[]} [by] a command that runs it
 */
export async function startGateway(file, limits, directory, by = []) {
  const ports = { PORT: String(await findFreePort()), METRICS_PORT: String(await findFreePort()) };
  const log = openSync(path.join(directory, 'hostile-gateway.log'), 'w');
  const [command = process.execPath, ...args] = [...by, process.execPath, entry, '--supergraph', file];
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'], LOG_LEVEL: 'fatal', ...ports, ...limits },
    stdio: ['ignore', log, log, 'ipc'],
  });
  const url = `http://127.0.0.1:${ports.PORT}`;
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  for (let attempt = 0; !(await fetch(`${url}/health/live`).catch(() => undefined))?.ok; attempt += 1) {
    if (child.exitCode !== null || attempt > 600) {
      await stop();
      throw new Error(`The gateway does not start; its log is in ${directory}.`);
    }
    await delay(100);
  }
  return {
    url: `${url}/graphql`,
    stop,
    /** How much memory it has now, in MiB. */
    async memory() {
      const response = await fetch(`http://127.0.0.1:${ports.METRICS_PORT}/metrics`);
      const [, bytes] = /^process_resident_memory_bytes\S* (\S+)/m.exec(await response.text()) ?? [];
      return (Number(bytes) / 1_048_576).toFixed(0);
    },
    /** How much of a processor it has used so far, in milliseconds. */
    async cpu() {
      const response = await fetch(`http://127.0.0.1:${ports.METRICS_PORT}/metrics`);
      const [, seconds] = /^process_cpu_seconds_total\S* (\S+)/m.exec(await response.text()) ?? [];
      return Number(seconds) * 1_000;
    },
  };
}
