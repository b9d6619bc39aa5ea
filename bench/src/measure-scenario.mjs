import assert from 'node:assert/strict';
import { createGraphqlClient } from './graphql-client.mjs';
import { measure } from './load.mjs';

/** @typedef {import('./load.mjs').Measurement} Measurement */
/** @typedef {import('./scenarios.mjs').Scenario} Scenario */
/** @typedef {import('@caregraph/encryption').FieldCipher} FieldCipher */

/** How many clients there are at the same time. */
export const clientCounts = /** @type {const} */ ([1, 32]);
/** How many answers are compared with what the join finds. */
const compared = 25;

/**
 * What was measured of a scenario with one number of clients.
 *
 * @typedef {object} Result
 * @property {string} name
 * @property {number} clients
 * @property {Measurement} graph
 * @property {number} statements SQL statements for data per request, of all services
 * @property {Record<string, number>} cpu milliseconds of a processor per request, by process
 * @property {Measurement | undefined} join
 */

/**
 * Makes sure that the answers are right, warms up and measures.
 *
 * @param {Scenario} scenario
 * @param {object} environment
 * @param {Awaited<ReturnType<typeof import('./platform.mjs').startPlatform>>} environment.platform
 * @param {string} environment.accessToken
 * @param {import('pg').Pool} environment.joined
 * @param {FieldCipher} environment.joinedCipher
 * @param {number} environment.seconds
 * @param {AbortSignal} environment.signal
 * @param {(message: string) => void} environment.tell
 * @returns {Promise<Result[]>}
 */
export async function measureScenario(scenario, environment) {
  const { platform, accessToken, joined, joinedCipher, seconds, signal, tell } = environment;
  const { name, query, variables, proof, join } = scenario;
  if (variables.length === 0) throw new Error(`There is not enough data for "${name}".`);
  const at = /** @param {number} index */ (index) => variables[index % variables.length];
  const bodies = variables.map((given) => JSON.stringify({ query, variables: given }));
  const counter = { next: 0 };
  const results = [];
  for (const clients of clientCounts) {
    tell(`${name}, ${clients} ${clients === 1 ? 'client' : 'clients'}`);
    const load = { clients, counter, signal };
    const client = createGraphqlClient(platform.gateway, clients, accessToken);
    const sendGraph = /** @param {number} index */ async (index) => {
      const answer = await client.send(bodies[index % bodies.length] ?? '');
      if (!answer.includes(proof)) throw new Error(`A wrong answer for "${name}": ${answer.slice(0, 2_000)}`);
    };
    const sendJoin = /** @param {number} index */ async (index) => {
      await joined.query({ name, text: join?.sql ?? '', values: join?.values(at(index)) ?? [] });
    };
    if (join) await compare(scenario, join, { joined, joinedCipher, send: client.send });
    await measure({ ...load, seconds: seconds / 5, send: sendGraph });
    const before = await platform.readCounters();
    const graph = await measure({ ...load, seconds, send: sendGraph });
    const after = await platform.readCounters();
    const statements = (after.statements - before.statements) / graph.requests;
    const cpu = Object.fromEntries(
      Object.entries(after.cpuSeconds).map(([process, seconds]) => {
        const earlier = before.cpuSeconds[/** @type {import('./platform.mjs').ProcessName} */ (process)];
        return [process, ((seconds - earlier) * 1000) / graph.requests];
      }),
    );
    await client.close();
    let joinResult;
    if (join) {
      await measure({ ...load, seconds: seconds / 5, send: sendJoin });
      joinResult = await measure({ ...load, seconds, send: sendJoin });
    }
    results.push({ name, clients, graph, statements, cpu, join: joinResult });
  }
  return results;
}

/**
 * @param {Scenario} scenario
 * @param {import('./scenarios.mjs').Join} join
 * @param {object} sides
 * @param {import('pg').Pool} sides.joined
 * @param {FieldCipher} sides.joinedCipher
 * @param {(body: string) => Promise<string>} sides.send
 */
async function compare({ name, query, variables }, join, { joined, joinedCipher, send }) {
  for (const given of variables.slice(0, compared)) {
    const { data } = JSON.parse(await send(JSON.stringify({ query, variables: given })));
    const { rows } = await joined.query(join.sql, join.values(given));
    for (const row of rows) await decryptRow(row, joinedCipher);
    const expected = rows.map(join.rowOf);
    assert.ok(expected.length > 0, `"${name}" finds nothing for ${JSON.stringify(given)}`);
    assert.deepEqual(join.rowsOf(data), expected, `"${name}" answers something else than the join does`);
  }
}

/**
 * Puts the text in the place of what is stored of it.
 *
 * @param {Record<string, any>} row
 * @param {FieldCipher} cipher
 */
async function decryptRow(row, cipher) {
  for (const column of ['allergies', 'medications']) {
    if (typeof row[column] !== 'string') continue;
    row[column] = await cipher.decrypt(row[column], { table: 'patients', row: row['patient_id'], column });
  }
}
