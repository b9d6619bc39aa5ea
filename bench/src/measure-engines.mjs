import { composeServices } from '@apollo/composition';
import { markdownTable } from 'markdown-table';
import { parse } from 'graphql';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { Pool } from 'undici';
import { contracts, requestOf } from './engine-graph.mjs';
import { startGateway, withoutLimits } from './hostile-gateway.mjs';
import { measure } from './load.mjs';
import { quantile } from './quantile.mjs';

const engines = /** @type {const} */ (['apollo', 'caregraph']);
const clients = 50;

/**
 * What clients send: all the same, with nothing that says who they are; or each something else, with a token.
 *
 * @type {readonly { name: string, request: (index: number) => string, headers: Record<string, string> }[]}
 */
const workloads = [
  { name: 'identical, without identity', request: () => requestOf(null), headers: {} },
  {
    name: 'distinct, identified',
    request: (index) => requestOf(String(index)),
    headers: { authorization: 'Bearer somebody' },
  },
];

/**
 * Sends the same work to the gateway with each of its engines, pinned to one processor, in turns, and returns a table in
 * Markdown.
 *
 * @param {string} directory for logs
 * @param {import('./options.mjs').Options} options
 * @param {AbortSignal} signal ends it with an error
 * @param {(message: string) => void} tell
 */
export async function measureEngines(directory, { rounds, seconds }, signal, tell) {
  const subgraphs = spawn(
    'taskset',
    ['-c', '1', process.execPath, fileURLToPath(new URL('answering-subgraphs.mjs', import.meta.url))],
    {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
  /** @type {Awaited<ReturnType<typeof openSide>>[]} */
  const sides = [];
  try {
    const [port] = await once(subgraphs, 'message');
    const file = path.join(directory, 'engines-supergraph.graphql');
    await writeFile(file, compose(port));
    for (const engine of engines) sides.push(await openSide(engine, file, directory, port));
    await compareAnswers(sides);
    const rows = [];
    for (const workload of workloads) {
      for (const side of sides) await side.run(workload, 3, signal);
      /** @type {Awaited<ReturnType<typeof sides[number]['run']>>[][]} */
      const results = sides.map(() => []);
      for (let round = 0; round < rounds; round += 1) {
        tell(`${workload.name}, round ${round + 1} of ${rounds}`);
        for (const [index, side] of sides.entries())
          results[index]?.push(await side.run(workload, seconds, signal));
      }
      const ratios = (results[1] ?? []).map(
        ({ perSecond }, round) => perSecond / (results[0]?.[round]?.perSecond ?? NaN),
      );
      for (const [index, side] of sides.entries()) {
        const of = (/** @type {'perSecond' | 'p50' | 'p99' | 'cpu' | 'fetches'} */ what) =>
          quantile(
            (results[index] ?? []).map((result) => result[what]),
            0.5,
          );
        rows.push([
          ...[
            workload.name,
            side.engine,
            of('perSecond').toFixed(0),
            of('p50').toFixed(1),
            of('p99').toFixed(1),
          ],
          ...[of('cpu').toFixed(2), of('fetches').toFixed(1), await side.memory()],
          side.engine === 'apollo'
            ? ''
            : `${quantile(ratios, 0.5).toFixed(1)} (${quantile(ratios, 0.25).toFixed(1)} to ${quantile(ratios, 0.75).toFixed(1)})`,
        ]);
      }
    }
    const header = [
      'work',
      'engine',
      'requests/s',
      'p50 ms',
      'p99 ms',
      'CPU ms/request',
      'subgraph requests',
      'MiB',
      'ratio',
    ];
    return markdownTable([header, ...rows], {
      align: ['l', 'l', ...Array.from({ length: 7 }, () => /** @type {const} */ ('r'))],
    });
  } finally {
    for (const side of sides) await side.stop();
    subgraphs.disconnect();
  }
}

/** @param {number} port */
function compose(port) {
  const services = Object.entries(contracts).map(([name, sdl]) => ({
    ...{ name, url: `http://127.0.0.1:${port}/${name}` },
    typeDefs: parse(sdl),
  }));
  const { supergraphSdl, errors } = composeServices(services);
  if (supergraphSdl === undefined) throw new Error(errors?.map(({ message }) => message).join('\n'));
  return supergraphSdl;
}

/**
 * @param {typeof engines[number]} engine
 * @param {string} file
 * @param {string} directory
 * @param {number} port of the subgraphs
 */
async function openSide(engine, file, directory, port) {
  const settings = {
    ...withoutLimits,
    GATEWAY_ENGINE: engine,
    NODE_ENV: 'production',
    SUBGRAPH_TIMEOUT_MS: '60000',
  };
  const gateway = await startGateway(file, settings, directory, ['taskset', '-c', '0']);
  const { origin, pathname } = new URL(gateway.url);
  const pool = new Pool(origin, { connections: clients });
  const fetches = async () =>
    Number(await (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })).text());
  const counter = { next: 0 };
  /** @param {string} body @param {Record<string, string>} headers */
  const send = async (body, headers) => {
    const answer = await pool.request({
      ...{ method: 'POST', path: pathname, body },
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200 || !text.startsWith('{"data":{"')) throw new Error(text.slice(0, 500));
    return text;
  };
  return {
    engine,
    send,
    memory: gateway.memory,
    /** @param {typeof workloads[number]} workload @param {number} seconds @param {AbortSignal} signal */
    async run({ request, headers }, seconds, signal) {
      const [cpu, fetched] = [await gateway.cpu(), await fetches()];
      const measured = await measure({
        ...{ clients, seconds, counter, signal },
        send: async (index) => void (await send(request(index), headers)),
      });
      return {
        ...measured,
        cpu: ((await gateway.cpu()) - cpu) / measured.requests,
        fetches: ((await fetches()) - fetched) / measured.requests,
      };
    },
    async stop() {
      await pool.close();
      await gateway.stop();
    },
  };
}

/**
 * Before anything is measured: every engine answers the same, and as much as it should.
 *
 * @param {readonly Awaited<ReturnType<typeof openSide>>[]} sides
 */
async function compareAnswers(sides) {
  const texts = await Promise.all(sides.map(({ send }) => send(requestOf(null), {})));
  const [first, ...others] = texts.map((text) => JSON.parse(text));
  if (others.some((other) => !isDeepStrictEqual(other, first)))
    throw new Error('The engines answer differently.');
  if (JSON.stringify(first).includes('null')) throw new Error('An answer lacks something.');
  console.error(`       answers of ${Math.round((texts[0]?.length ?? 0) / 1_000)} kB`);
}
