import { databaseNames } from '@caregraph/postgres';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { mkdir } from 'node:fs/promises';
import { demoPassword } from '@caregraph/seed';
import { copyOf, copyWithoutTrail } from './databases-without-trail.mjs';
import { createGraphqlClient, logIn } from './graphql-client.mjs';
import { measure } from './load.mjs';
import { startPlatform } from './platform.mjs';
import { createScenarios } from './scenarios.mjs';

const withoutTrail = fileURLToPath(new URL('without-trail/register.mjs', import.meta.url));

/** What the trail must not slow down by more than a seventh. */
const compared = ["a doctor's day", 'book'];
const clients = 32;
/** Before each measurement, as long as a seal waits at most: what the other side left to do is done then. */
const leadInSeconds = 1;

/** @typedef {'with' | 'without'} Side */

/**
 * What was measured of a scenario in one round: requests per second, and milliseconds that the processes spent on a
 * processor per request.
 *
 * @typedef {Record<Side, { perSecond: number, p50: number, p99: number, cpu: Record<string, number> }>} Round
 */

/**
 * Measures the platform with its trail, and without, on one server, in turns: on a machine whose speed changes from
 * minute to minute, what is compared was measured within seconds.
 *
 * @param {string} directory
 * @param {import('./options.mjs').Options} options
 * @param {Awaited<ReturnType<typeof import('./databases.mjs').openDatabases>>} databases
 * @param {AbortSignal} signal
 * @param {(message: string) => void} tell
 * @returns {Promise<{ name: string, rounds: Round[] }[]>}
 */
export async function measureTrail(directory, options, databases, signal, tell) {
  const { cluster, joined, deleteBookings } = databases;
  await refuseFastAndLoose(joined);
  await deleteBookings();
  tell('copying the databases');
  const copies = await copyWithoutTrail(cluster, databases.services);
  const { rows } = await joined.query("SELECT email FROM users WHERE role = 'doctor' ORDER BY id LIMIT 1");
  tell('starting the two platforms');
  /** @param {string} name @param {import('./databases.mjs').DatabaseUrls} urls @param {readonly string[]} nodeOptions */
  const open = async (name, urls, nodeOptions = []) => {
    const logs = path.join(directory, name);
    await mkdir(logs, { recursive: true });
    return openSide(await startPlatform(urls, logs, databases.keyFiles, nodeOptions), rows[0].email);
  };
  const sides = {
    with: await open('with-trail', databases.services),
    without: await open('without-trail', copies, ['--import', withoutTrail]),
  };
  try {
    const results = [];
    for (const scenario of await createScenarios(joined)) {
      if (!compared.includes(scenario.name)) continue;
      results.push({
        name: scenario.name,
        rounds: await compareSides(scenario, sides, options, { signal, tell }),
      });
    }
    return results;
  } finally {
    await Promise.all([sides.with.close(), sides.without.close()]);
    for (const database of [databaseNames.appointments, copyOf('appointments')])
      await deleteBookings(database);
  }
}

/** @param {import('pg').Pool} joined */
async function refuseFastAndLoose(joined) {
  const { rows } = await joined.query(
    "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')",
  );
  const off = rows.filter(({ setting }) => setting !== 'on');
  if (off.length > 0) throw new Error(`Not durable: ${off.map(({ name }) => name).join(', ')}.`);
}

/**
 * @param {Awaited<ReturnType<typeof startPlatform>>} platform
 * @param {string} email of a doctor
 */
async function openSide(platform, email) {
  const accessToken = await logIn(platform.gateway, { email, password: demoPassword });
  const client = createGraphqlClient(platform.gateway, clients, accessToken);
  return {
    platform,
    client,
    async close() {
      await client.close();
      await platform.stop();
    },
  };
}

/**
 * @param {import('./scenarios.mjs').Scenario} scenario
 * @param {Record<Side, Awaited<ReturnType<typeof openSide>>>} sides
 * @param {import('./options.mjs').Options} options
 * @param {{ signal: AbortSignal, tell: (message: string) => void }} run
 */
async function compareSides({ name, query, variables, proof }, sides, { rounds, seconds }, { signal, tell }) {
  const bodies = variables.map((given) => JSON.stringify({ query, variables: given }));
  const counters = { with: { next: 0 }, without: { next: 0 } };
  /** @param {Side} side */
  const measureSide = async (side) => {
    const { platform, client } = sides[side];
    const send = /** @param {number} index */ async (index) => {
      const answer = await client.send(bodies[index % bodies.length] ?? '');
      if (!answer.includes(proof)) throw new Error(`A wrong answer for "${name}": ${answer.slice(0, 2_000)}`);
    };
    const load = { clients, counter: counters[side], signal, send };
    await measure({ ...load, seconds: leadInSeconds });
    const before = await platform.readCounters();
    const { perSecond, p50, p99, requests } = await measure({ ...load, seconds });
    const after = await platform.readCounters();
    const cpu = Object.fromEntries(
      Object.entries(after.cpuSeconds).map(([process, spent]) => {
        const earlier = before.cpuSeconds[/** @type {import('./platform.mjs').ProcessName} */ (process)];
        return [process, ((spent - earlier) * 1000) / requests];
      }),
    );
    return { perSecond, p50, p99, cpu };
  };
  tell(`${name}: warming up`);
  await measureSide('with');
  await measureSide('without');
  /** @type {Round[]} */
  const measured = [];
  for (let round = 1; round <= rounds; round += 1) {
    // Who begins changes, so that none of the two always has the machine that the other one has warmed.
    const first = await measureSide(round % 2 === 0 ? 'with' : 'without');
    const second = await measureSide(round % 2 === 0 ? 'without' : 'with');
    const both = round % 2 === 0 ? { with: first, without: second } : { with: second, without: first };
    measured.push(both);
    tell(
      `${name}, round ${round} of ${rounds}: ${both.with.perSecond.toFixed(0)} with, ` +
        `${both.without.perSecond.toFixed(0)} without, ${((both.with.perSecond / both.without.perSecond) * 100).toFixed(1)} %`,
    );
  }
  return measured;
}
