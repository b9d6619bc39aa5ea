import { databaseNames } from '@caregraph/postgres';
import { demoPassword } from '@caregraph/seed';
import pg from 'pg';
import { withBookableDoctors } from './bookable-doctors.mjs';
import { createBookingScenarios } from './booking-scenarios.mjs';
import { createGraphqlClient, logIn } from './graphql-client.mjs';
import { measure } from './load.mjs';
import { startPlatform } from './platform.mjs';

/** @typedef {'platform' | 'inserts'} Side */
/** @typedef {Record<Side, import('./load.mjs').Measurement>} BookingRound */

const clients = 32;
/** Before each measurement: what the other side left to do is done then. */
const leadInSeconds = 1;

/**
 * Measures bookings through the gateway beside bare INSERTs into the same table, with its constraints and triggers, in
 * turns: what is compared was measured within seconds. Everything that is booked is deleted afterwards.
 *
 * @param {string} directory
 * @param {import('./options.mjs').Options} options
 * @param {Awaited<ReturnType<typeof import('./databases.mjs').openDatabases>>} databases
 * @param {AbortSignal} signal
 * @param {(message: string) => void} tell
 * @returns {Promise<{ name: string, rounds: BookingRound[] }[]>}
 */
export async function measureBooking(directory, { rounds, seconds }, databases, signal, tell) {
  const { cluster, joined, deleteBookings, services, keyFiles } = databases;
  await deleteBookings();
  return withBookableDoctors(cluster.superuserUrl(databaseNames.users), async (doctors) => {
    tell('starting the four processes');
    const platform = await startPlatform(services, directory, keyFiles);
    // As many connections as the service has.
    const inserts = new pg.Pool({
      connectionString: services.appointments.databaseUrl,
      max: 10,
      options: '-c TimeZone=UTC',
    });
    const { rows } = await joined.query(
      "SELECT email FROM users WHERE role = 'staff' AND is_active ORDER BY id LIMIT 1",
    );
    const accessToken = await logIn(platform.gateway, { email: rows[0].email, password: demoPassword });
    const client = createGraphqlClient(platform.gateway, clients, accessToken);
    try {
      const results = [];
      for (const scenario of await createBookingScenarios(joined, doctors)) {
        const sides = { platform: scenario.overGraphql(client.send), inserts: scenario.byInsert(inserts) };
        results.push({
          name: scenario.name,
          rounds: await compareSides(scenario.name, sides, { rounds, seconds, signal, tell }),
        });
        await deleteBookings();
      }
      return results;
    } finally {
      await client.close();
      await inserts.end();
      await platform.stop();
      await deleteBookings();
    }
  });
}

/**
 * @param {string} name
 * @param {Record<Side, (index: number) => Promise<void>>} sides
 * @param {{ rounds: number, seconds: number, signal: AbortSignal, tell: (message: string) => void }} run
 */
async function compareSides(name, sides, { rounds, seconds, signal, tell }) {
  // One counter for both: no time is booked by the one and tried by the other.
  const counter = { next: 0 };
  /** @param {Side} side */
  const measureSide = async (side) => {
    const load = { clients, counter, signal, send: sides[side] };
    await measure({ ...load, seconds: leadInSeconds });
    return measure({ ...load, seconds });
  };
  tell(`${name}: warming up`);
  await measureSide('platform');
  await measureSide('inserts');
  /** @type {BookingRound[]} */
  const measured = [];
  for (let round = 1; round <= rounds; round += 1) {
    // Who begins changes, so that none of the two always has the machine that the other one has warmed.
    const isFirst = round % 2 === 0;
    const first = await measureSide(isFirst ? 'platform' : 'inserts');
    const second = await measureSide(isFirst ? 'inserts' : 'platform');
    const both = isFirst ? { platform: first, inserts: second } : { platform: second, inserts: first };
    measured.push(both);
    tell(
      `${name}, round ${round} of ${rounds}: ${both.platform.perSecond.toFixed(0)} booked, ` +
        `${both.inserts.perSecond.toFixed(0)} inserted`,
    );
  }
  return measured;
}
