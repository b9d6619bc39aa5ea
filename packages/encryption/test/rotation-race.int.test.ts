import type { FieldCipher } from '@caregraph/encryption';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createScratchDatabase, type ScratchDatabase } from '../../../test/cluster.js';
import { readEncryptionStatus } from '../src/key-status.js';
import { insertPatients, openTestCipher, readRecord, writeRecord, type Written } from './patient-records.js';
import { quickFollowing, rotateInProcess } from './rotation-process.js';

const patientCount = 2_500;
const clientCount = 6;
const service = 'patients';

let database: ScratchDatabase;
let pool: Pool;
let cipher: FieldCipher;

beforeAll(async () => {
  database = await createScratchDatabase(service);
  pool = new Pool({ connectionString: database.databaseUrl, max: clientCount });
  pool.on('error', () => undefined);
  cipher = await openTestCipher(database, { following: quickFollowing });
});

afterAll(async () => {
  await cipher.close();
  await pool.end();
  await database[Symbol.asyncDispose]();
});

/** Reads and writes its own share of the records until told to stop; returns what it wrote last into each. */
async function workAsClient(share: readonly number[], stop: AbortSignal): Promise<Map<number, Written>> {
  const last = new Map<number, Written>();
  for (let round = 0; !stop.aborted; round += 1) {
    const id = share[(round * 7) % share.length] ?? 0;
    const before = await readRecord(pool, cipher, id);
    const known = last.get(id);
    if (known !== undefined) expect(before).toEqual(known);
    last.set(
      id,
      await writeRecord(pool, cipher, { id, text: `round ${round} of ${id}`, version: before.version }),
    );
  }
  return last;
}

it('keeps the last written values while keys are changed, and changing them is killed and run again', async () => {
  const ids = await insertPatients(pool, patientCount, (id) => `clear ${id}`);
  const stop = new AbortController();
  const clients = Array.from({ length: clientCount }, (_, client) =>
    workAsClient(
      ids.filter((id) => id % clientCount === client),
      stop.signal,
    ),
  );

  const killed = await rotateInProcess({ service, ...database }, { killAt: 'progress' });
  const between = await readEncryptionStatus(service, database.migrationUrl);
  expect(between.clearValues).toBeGreaterThan(0);
  expect(between.keys.filter(({ retiredAt, values }) => retiredAt === null && values > 0)).not.toHaveLength(
    0,
  );
  const killedAgain = await rotateInProcess({ service, ...database }, { killAt: 'waiting' });
  expect(killedAgain[0]).toEqual({ ...killed[0], isNew: false });
  const finished = await rotateInProcess({ service, ...database });
  expect(finished[0]).toEqual({ ...killed[0], isNew: false });
  expect(finished.at(-1)).toMatchObject({ kind: 'end', unreadable: [] });
  stop.abort();

  const { keys, clearValues, strayValues } = await readEncryptionStatus(service, database.migrationUrl);
  expect({ clearValues, strayValues }).toEqual({ clearValues: 0, strayValues: 0 });
  expect(keys.map(({ retiredAt, values }) => ({ inUse: retiredAt === null, values }))).toEqual([
    { inUse: true, values: patientCount * 4 },
    { inUse: false, values: 0 },
  ]);
  const written = new Map((await Promise.all(clients)).flatMap((last) => [...last]));
  expect(written.size).toBeGreaterThan(clientCount);
  for (const id of ids) {
    const expected = written.get(id) ?? { text: `clear ${id}`, version: 1 };
    expect(await readRecord(pool, cipher, id)).toEqual(expected);
  }
});

it('goes from one key to the next under load, twice, with every client’s version respected', async () => {
  const ids = await insertPatients(pool, 600, (id) => `clear ${id}`);
  const stop = new AbortController();
  const clients = [0, 1].map((client) =>
    workAsClient(
      ids.filter((id) => id % 2 === client),
      stop.signal,
    ),
  );
  await rotateInProcess({ service, ...database });
  await rotateInProcess({ service, ...database });
  stop.abort();
  for (const [id, expected] of (await Promise.all(clients)).flatMap((last) => [...last])) {
    expect(await readRecord(pool, cipher, id)).toEqual(expected);
  }
  const { keys } = await readEncryptionStatus(service, database.migrationUrl);
  expect(keys.slice(1).every(({ retiredAt, values }) => retiredAt !== null && values === 0)).toBe(true);
});
