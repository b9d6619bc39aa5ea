import type { FieldCipher } from '@caregraph/encryption';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createScratchDatabase, type ScratchDatabase } from '../../../test/cluster.js';
import { readEncryptionStatus } from '../src/key-status.js';
import { insertPatients, openTestCipher, readRecord, writeRecord, type Written } from './patient-records.js';
import { quickFollowing, rotateInProcess } from './rotation-process.js';

const patientCount = 1_500;
const clientCount = 3;
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

/** Lets clients read and write records while `work` runs; returns what was written last into each record. */
async function whileClientsWork(
  ids: readonly number[],
  work: () => Promise<void>,
): Promise<Map<number, Written>> {
  const stop = new AbortController();
  const clients = Array.from({ length: clientCount }, (_, client) =>
    workAsClient(
      ids.filter((id) => id % clientCount === client),
      stop.signal,
    ),
  );
  const [last] = await Promise.all([
    Promise.all(clients),
    work().finally(() => {
      stop.abort();
    }),
  ]);
  return new Map(last.flatMap((written) => [...written]));
}

/** Reads and writes records that nobody else writes, and finds in each what it wrote there last. */
async function workAsClient(own: readonly number[], stop: AbortSignal): Promise<Map<number, Written>> {
  const last = new Map<number, Written>();
  for (let round = 0; !stop.aborted; round += 1) {
    const id = own[(round * 7) % own.length] ?? 0;
    const before = await readRecord(pool, cipher, id);
    expect(before).toEqual(last.get(id) ?? { text: `clear ${id}`, version: 1 });
    last.set(
      id,
      await writeRecord(pool, cipher, { id, text: `round ${round} of ${id}`, version: before.version }),
    );
  }
  return last;
}

async function expectLastWritten(ids: readonly number[], written: Map<number, Written>): Promise<void> {
  expect(written.size).toBeGreaterThan(clientCount);
  for (const id of ids) {
    const expected = written.get(id) ?? { text: `clear ${id}`, version: 1 };
    expect(await readRecord(pool, cipher, id)).toEqual(expected);
  }
}

it('keeps the last written values while keys are changed, and changing them is killed and run again', async () => {
  const ids = await insertPatients(pool, patientCount, (id) => `clear ${id}`);
  const written = await whileClientsWork(ids, async () => {
    const [began] = await rotateInProcess({ service, ...database }, { killAt: 'progress' });
    expect(began).toMatchObject({ kind: 'key', isNew: true });
    const between = await readEncryptionStatus(service, database.migrationUrl);
    expect(between.clearValues).toBeGreaterThan(0);
    expect(between.keys.map(({ retiredAt }) => retiredAt)).toEqual([null, null]);
    const [wentOn] = await rotateInProcess({ service, ...database }, { killAt: 'waiting' });
    expect(wentOn).toEqual({ ...began, isNew: false });
    const finished = await rotateInProcess({ service, ...database });
    expect(finished[0]).toEqual(wentOn);
    expect(finished.at(-1)).toMatchObject({ kind: 'end', unreadable: [] });
  });
  const { keys, clearValues, strayValues } = await readEncryptionStatus(service, database.migrationUrl);
  expect({ clearValues, strayValues }).toEqual({ clearValues: 0, strayValues: 0 });
  expect(keys.map(({ retiredAt, values }) => ({ inUse: retiredAt === null, values }))).toEqual([
    { inUse: true, values: patientCount * 4 },
    { inUse: false, values: 0 },
  ]);
  await expectLastWritten(ids, written);
});

it('goes from one key to the next and on to a third under load', async () => {
  const ids = await insertPatients(pool, 300, (id) => `clear ${id}`);
  const written = await whileClientsWork(ids, async () => {
    await rotateInProcess({ service, ...database });
    await rotateInProcess({ service, ...database });
  });
  await expectLastWritten(ids, written);
  const { keys } = await readEncryptionStatus(service, database.migrationUrl);
  expect(keys.slice(1).every(({ retiredAt, values }) => retiredAt !== null && values === 0)).toBe(true);
});
