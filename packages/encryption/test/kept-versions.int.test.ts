import { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createScratchDatabase, type ScratchDatabase } from '../../../test/cluster.js';
import { insertPatients } from './patient-records.js';

let database: ScratchDatabase;
let owner: Pool;
let service: Pool;

beforeAll(async () => {
  database = await createScratchDatabase('patients');
  owner = new Pool({ connectionString: database.migrationUrl, max: 1 });
  service = new Pool({ connectionString: database.databaseUrl, max: 1 });
});

afterAll(async () => {
  await owner.end();
  await service.end();
  await database[Symbol.asyncDispose]();
});

/** A patient whose allergies are under one key, and the version after a change that claims to be of keys only. */
async function versionAfter(pool: Pool, change: string): Promise<number> {
  const [id = 0] = await insertPatients(owner, 1, () => 'clear');
  await owner.query(
    `UPDATE patients SET allergies = 'enc:v1:one:A', medications = NULL, version = 1 WHERE id = $1`,
    [id],
  );
  await pool.query(
    `BEGIN; SET LOCAL caregraph.reencrypting = 'on'; UPDATE patients SET ${change} WHERE id = ${id}; COMMIT`,
  );
  const { rows } = await owner.query<{ version: number }>('SELECT version FROM patients WHERE id = $1', [id]);
  return rows[0]?.version ?? NaN;
}

it('keeps the version of a record whose values get another key', async () => {
  expect(await versionAfter(owner, `allergies = 'enc:v1:two:B'`)).toBe(2);
  expect(await versionAfter(owner, `policy_number = NULL, policy_number_encrypted = 'enc:v1:two:B'`)).toBe(2);
});

it.each([
  ['another column', `allergies = 'enc:v1:two:B', first_name = 'Mallory'`],
  ['the same key', `allergies = 'enc:v1:one:B'`],
  ['text in clear', `allergies = 'none'`],
  ['a value that goes', 'allergies = NULL'],
  ['a value that comes', `medications = 'enc:v1:two:B'`],
  ['a policy number that goes', 'policy_number = NULL'],
  ['another policy number in clear', `policy_number = 'other'`],
])('raises the version for %s', async (_, change) => {
  expect(await versionAfter(owner, change)).toBe(3);
});

it('raises the version for whoever is not the owner', async () => {
  expect(await versionAfter(service, `allergies = 'enc:v1:two:B'`)).toBe(3);
});
