/*
 * Measures what the platform does all day, as four real processes on 100,000 patients and 500,000 appointments,
 * against one SQL statement for the same rows; with `hostile`, what a stranger's requests cost the gateway; with
 * `audit`, what the audit trail costs; with `booking`, how fast it books beside bare INSERTs; with `engines`, how fast the
 * gateway's engines are beside each other.
 * `npm run bench` has built everything before.
 */
import { demoPassword } from '@caregraph/seed';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderBooking } from './src/booking-report.mjs';
import { openDatabases } from './src/databases.mjs';
import { logIn } from './src/graphql-client.mjs';
import { measureBooking } from './src/measure-booking.mjs';
import { measureEngines } from './src/measure-engines.mjs';
import { measureHostile } from './src/measure-hostile.mjs';
import { measureScenario } from './src/measure-scenario.mjs';
import { measureTrail } from './src/measure-trail.mjs';
import { parseOptions, UsageError } from './src/options.mjs';
import { startPlatform } from './src/platform.mjs';
import { machineFacts, renderTable } from './src/report.mjs';
import { createScenarios } from './src/scenarios.mjs';
import { renderTrail } from './src/trail-report.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const directory = path.join(path.resolve(root, process.env['CAREGRAPH_DATA_DIR'] ?? '.data'), 'bench');

const stopping = new AbortController();
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.once(signal, () => {
    stopping.abort(new UsageError('Stopped.'));
  });
}
try {
  await run(parseOptions(process.argv.slice(2)));
} catch (error) {
  // Ctrl-C reaches the four processes, too: what fails then is of no interest.
  const cause = stopping.signal.aborted ? stopping.signal.reason : error;
  if (!(cause instanceof UsageError)) throw error;
  console.error(cause.message);
  process.exitCode = 2;
}

/** @param {import('./src/options.mjs').Options} options */
async function run(options) {
  const start = performance.now();
  /** @param {string} message */
  const tell = (message) => {
    stopping.signal.throwIfAborted();
    console.error(`${((performance.now() - start) / 1000).toFixed(0).padStart(4)} s  ${message}`);
  };
  await mkdir(directory, { recursive: true });
  if (options.subject === 'hostile') {
    console.log(await measureHostile(directory, stopping.signal, tell));
    return;
  }
  if (options.subject === 'engines') {
    console.log(await measureEngines(directory, options, stopping.signal, tell));
    return;
  }
  const databases = await openDatabases(directory, options, tell);
  try {
    const { rows } = await databases.joined.query(`SHOW server_version`);
    const facts = machineFacts({ postgres: rows[0].server_version });
    if (options.subject === 'audit' || options.subject === 'booking') {
      const isBooking = options.subject === 'booking';
      const run = /** @type {const} */ ([directory, options, databases, stopping.signal, tell]);
      const { results, table } = isBooking ? await compareBookings(...run) : await compareTrail(...run);
      console.log(`${describe(facts, options)}\n\n${table}`);
      if (options.json)
        await writeFile(path.resolve(options.json), `${JSON.stringify({ facts, results }, undefined, 2)}\n`);
      return;
    }
    tell('starting the four processes');
    const platform = await startPlatform(databases.services, directory, databases.keyFiles);
    try {
      const results = await measureAll(options, { ...databases, platform, tell });
      const { patients, appointments, doctors, seconds, json } = options;
      console.log(`${describe(facts, options)}\n\n${renderTable(results)}`);
      const report = {
        date: new Date().toISOString(),
        patients,
        appointments,
        doctors,
        seconds,
        facts,
        results,
      };
      // npm moves to the root of the repository; the file belongs to where the command was typed.
      if (json) await writeFile(path.resolve(json), `${JSON.stringify(report, undefined, 2)}\n`);
    } finally {
      await platform.stop();
    }
  } finally {
    await databases.joined.end();
    await databases.cluster.stop();
  }
}

/** @param {Parameters<typeof measureBooking>} run */
async function compareBookings(...run) {
  const results = await measureBooking(...run);
  return { results, table: renderBooking(results) };
}

/** @param {Parameters<typeof measureTrail>} run */
async function compareTrail(...run) {
  const results = await measureTrail(...run);
  return { results, table: renderTrail(results) };
}

/**
 * @param {import('./src/options.mjs').Options} options
 * @param {Awaited<ReturnType<typeof openDatabases>> & {
 *   platform: Awaited<ReturnType<typeof startPlatform>>,
 *   tell: (message: string) => void,
 * }} environment
 */
async function measureAll({ seconds }, { joined, openJoinedCipher, deleteBookings, platform, tell }) {
  const { rows } = await joined.query("SELECT email FROM users WHERE role = 'doctor' ORDER BY id LIMIT 1");
  const accessToken = await logIn(platform.gateway, { email: rows[0].email, password: demoPassword });
  const joinedCipher = await openJoinedCipher();
  const environment = { platform, accessToken, joined, joinedCipher, seconds, signal: stopping.signal, tell };
  const results = [];
  await deleteBookings();
  try {
    for (const scenario of await createScenarios(joined)) {
      results.push(...(await measureScenario(scenario, environment)));
    }
  } finally {
    await joinedCipher.close();
    await deleteBookings();
  }
  return results;
}

/**
 * @param {ReturnType<typeof machineFacts>} facts
 * @param {import('./src/options.mjs').Options} options
 */
function describe(facts, { patients, appointments, doctors, seconds }) {
  const count = /** @param {number} number */ (number) => number.toLocaleString('en');
  return (
    `${count(patients)} patients, ${count(appointments)} appointments, ${count(doctors)} doctors; ${seconds} s each.\n` +
    `${facts.cores} cores (${facts.processor}) for the load, the four processes and PostgreSQL together, ` +
    `${facts.memoryGigabytes} GB, ${facts.system}, Node ${facts.node}, PostgreSQL ${facts.postgres}.`
  );
}
