import { randomBytes } from 'node:crypto';
import { actAsService } from '@caregraph/audit-trail';
import { encryptClearValues, rotateDataKeys, type KeyChangeOptions } from '@caregraph/encryption';
import { Pool, type PoolClient } from 'pg';
import { expect, it } from 'vitest';
import { openBreakableProxy } from '../../../test/breakable-proxy.js';
import { createScratchDatabase, keySettings, type ScratchDatabase } from '../../../test/cluster.js';
import { readEncryptionStatus } from '../src/key-status.js';
import type { KeyChangeStep } from '../src/key-change.js';
import { rewrapDataKeys } from '../src/rewrap-keys.js';
import { insertPatients, openTestCipher, readRecord, writeRecord } from './patient-records.js';

/** Nobody else uses the keys in these tests, so there is nobody to wait for. */
const following = { interval: 1_000, patience: 0, journey: 0 };

function optionsFor(
  { migrationUrl }: ScratchDatabase,
  changed: Partial<KeyChangeOptions> = {},
): KeyChangeOptions {
  const service = changed.service ?? 'patients';
  const { changeContext } = actAsService(service, keySettings()['AUDIT_KEYS_FILE'] ?? '');
  const settings = { ENCRYPTION_MASTER_KEY_FILE: keySettings()['ENCRYPTION_MASTER_KEY_FILE'] };
  return { service, migrationUrl, settings, changeContext, following, ...changed };
}

function connect(url: string): Pool {
  const pool = new Pool({ connectionString: url, max: 1 });
  pool.on('error', () => undefined);
  return pool;
}

/** The kinds of the steps that were reached, and the first one of somebody being in the way. */
function watchSteps(): Required<Pick<KeyChangeOptions, 'onStep'>> & {
  readonly reached: readonly string[];
  readonly blocked: Promise<KeyChangeStep>;
} {
  const reached: string[] = [];
  let block: (step: KeyChangeStep) => void = () => undefined;
  const blocked = new Promise<KeyChangeStep>((resolve) => {
    block = resolve;
  });
  const onStep = (step: KeyChangeStep): void => {
    reached.push(step.kind);
    if (step.kind === 'blocked') block(step);
  };
  return { reached, blocked, onStep };
}

/** What is told of a connection that is in a transaction. */
async function writerOf(client: PoolClient): Promise<unknown> {
  const { rows } = await client.query<{ pid: number; role: string }>(
    'SELECT pg_backend_pid() AS pid, current_user AS role',
  );
  return { ...rows[0], since: null };
}

it('encrypts what is in clear, and records it as the service’s own doing', async () => {
  await using database = await createScratchDatabase('patients');
  const pool = connect(database.superuserUrl);
  const ids = await insertPatients(pool, 3, (id) => `clear ${id}`);
  await pool.query('UPDATE patients SET medications = NULL, policy_number = NULL WHERE id = $1', [ids[1]]);
  const { rows: before } = await pool.query('SELECT id, version, updated_at FROM patients ORDER BY id');
  expect(await encryptClearValues(optionsFor(database))).toEqual({ changed: 3, unreadable: [] });

  const { rows } = await pool.query<Record<string, string | null>>('SELECT * FROM patients ORDER BY id');
  expect(rows.map(({ policy_number: clear }) => clear)).toEqual([null, null, null]);
  expect(rows[1]).toMatchObject({ medications: null, policy_number_encrypted: null });
  expect(rows.map(({ id, version, updated_at }) => ({ id, version, updated_at }))).toEqual(before);
  const cipher = await openTestCipher(database);
  expect(await readRecord(pool, cipher, ids[0] ?? 0)).toEqual({ text: `clear ${ids[0]}`, version: 1 });
  const { rows: entries } = await pool.query(
    `SELECT actor_kind, actor_name, record_count, fields, attestation IS NOT NULL AS attested
    FROM audit_entries WHERE record_type = 'patients' ORDER BY id DESC LIMIT 1`,
  );
  expect(entries).toEqual([
    {
      ...{ actor_kind: 'service', actor_name: 'patients', record_count: 3, attested: true },
      fields: ['policy_number', 'medical_history', 'allergies', 'medications', 'policy_number_encrypted'],
    },
  ]);
  await cipher.close();
  await pool.end();
});

it('re-encrypts the notes of appointments in several batches, each one entry', async () => {
  await using database = await createScratchDatabase('appointments');
  const pool = connect(database.superuserUrl);
  await pool.query(
    `INSERT INTO appointments (patient_id, doctor_id, date_time, duration, type, status, reason, notes, created_by)
    SELECT i, i, '2026-03-02 09:00', 30, 'consultation', 'completed', 'Check', repeat('note ', i), 1
    FROM generate_series(1, 1100) AS i`,
  );
  const steps: KeyChangeStep[] = [];
  const options = optionsFor(database, { service: 'appointments', onStep: (step) => steps.push(step) });
  expect(await rotateDataKeys(options)).toEqual({ changed: 1_100, unreadable: [] });
  expect(steps.filter(({ kind }) => kind === 'progress')).toEqual(
    [500, 1_000, 1_100].map((done) => ({ kind: 'progress', done, total: 1_100 })),
  );
  const status = await readEncryptionStatus('appointments', database.migrationUrl);
  expect(status).toMatchObject({
    clearValues: 0,
    strayValues: 0,
    keys: [{ values: 1_100, retiredAt: null }],
  });
  const { rows } = await pool.query<{ id: number; notes: string }>(
    'SELECT id, notes FROM appointments WHERE patient_id = 1100',
  );
  const cipher = await openTestCipher(database, { service: 'appointments' });
  const place = { table: 'appointments', row: rows[0]?.id ?? 0, column: 'notes' };
  expect(await cipher.decrypt(rows[0]?.notes ?? '', place)).toBe('note '.repeat(1_100));
  await cipher.close();
  const entries = await pool.query(
    `SELECT FROM audit_entries WHERE record_type = 'appointments' AND action = 'update'`,
  );
  expect(entries.rowCount).toBe(3);
  await pool.end();
});

it('leaves a value that does not decrypt as it is, tells where it is, and then retires no key', async () => {
  await using database = await createScratchDatabase('patients');
  const pool = connect(database.superuserUrl);
  const cipher = await openTestCipher(database);
  const [whole = 0, moved = 0, fake = 0] = await insertPatients(pool, 3, () => 'clear');
  await writeRecord(pool, cipher, { id: whole, text: 'whole', version: 1 });
  await pool.query(
    `UPDATE patients SET allergies = (SELECT allergies FROM patients WHERE id = $1) WHERE id = $2`,
    [whole, moved],
  );
  await pool.query(`UPDATE patients SET allergies = 'enc:v1: is what we write here' WHERE id = $1`, [fake]);
  const { unreadable } = await rotateDataKeys(optionsFor(database));
  expect(unreadable.map(({ message }) => message)).toEqual([
    `patients.allergies of row ${moved} cannot be decrypted: it was altered, or moved here from elsewhere.`,
    `patients.allergies of row ${fake} cannot be decrypted: its form is damaged.`,
  ]);
  const { keys } = await readEncryptionStatus('patients', database.migrationUrl);
  expect(keys.map(({ retiredAt }) => retiredAt)).toEqual([null, null]);
  expect(await readRecord(pool, cipher, whole)).toMatchObject({ text: 'whole' });

  await pool.query(`UPDATE patients SET allergies = 'mended' WHERE id = ANY($1)`, [[moved, fake]]);
  expect((await rotateDataKeys(optionsFor(database))).unreadable).toEqual([]);
  await cipher.close();
  await pool.end();
});

it('takes a policy number in clear for newer than the encrypted one beside it', async () => {
  await using database = await createScratchDatabase('patients');
  const pool = connect(database.superuserUrl);
  const cipher = await openTestCipher(database);
  const [id = 0] = await insertPatients(pool, 1, () => 'clear');
  await writeRecord(pool, cipher, { id, text: 'X-2', version: 1 });
  await pool.query(`UPDATE patients SET policy_number = 'X-3' WHERE id = $1`, [id]);
  await rotateDataKeys(optionsFor(database));
  const { rows } = await pool.query<{ policy_number: string | null; policy_number_encrypted: string }>(
    'SELECT policy_number, policy_number_encrypted FROM patients',
  );
  expect(rows[0]?.policy_number).toBeNull();
  const place = { table: 'patients', row: id, column: 'policy_number_encrypted' };
  expect(await cipher.decrypt(rows[0]?.policy_number_encrypted ?? '', place)).toBe('X-3');
  await cipher.close();
  await pool.end();
});

it('waits for a transaction that adds a record under the former key, and tells whose it is', async () => {
  await using database = await createScratchDatabase('patients');
  const pool = connect(database.databaseUrl);
  const cipher = await openTestCipher(database);
  const client = await pool.connect();
  await client.query('BEGIN');
  const [id = 0] = await insertPatients(client, 1, () => 'clear');
  const late = await writeRecord(client, cipher, { id, text: 'late', version: 1 });
  const { blocked, onStep, reached } = watchSteps();
  const rotation = rotateDataKeys(optionsFor(database, { onStep }));
  expect(await Promise.race([blocked, rotation])).toMatchObject({
    kind: 'blocked',
    by: [await writerOf(client)],
  });
  expect(reached).not.toContain('retired');
  await expect(rotateDataKeys(optionsFor(database))).rejects.toThrow(
    'Another process changes the keys of the patients database.',
  );
  await client.query('COMMIT');
  client.release();
  expect(await rotation).toEqual({ changed: 1, unreadable: [] });
  const { keys, clearValues } = await readEncryptionStatus('patients', database.migrationUrl);
  expect(clearValues).toBe(0);
  expect(keys.map(({ values }) => values)).toEqual([4, 0]);
  expect(await readRecord(pool, cipher, id)).toEqual(late);
  await cipher.close();
  await pool.end();
});

it('leaves a record that somebody holds until last, and tells who does', async () => {
  await using database = await createScratchDatabase('patients');
  const pool = connect(database.databaseUrl);
  const [id = 0] = await insertPatients(pool, 2, () => 'clear');
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM patients WHERE id = $1 FOR UPDATE', [id]);
  const { blocked, onStep } = watchSteps();
  const encryption = encryptClearValues(optionsFor(database, { onStep }));
  expect(await Promise.race([blocked, encryption])).toMatchObject({
    kind: 'blocked',
    by: [await writerOf(client)],
  });
  await client.query('ROLLBACK');
  client.release();
  expect(await encryption).toEqual({ changed: 2, unreadable: [] });
  await pool.end();
});

it('fails where the connection breaks that keeps others from changing keys, and goes on when run again', async () => {
  await using database = await createScratchDatabase('patients');
  await (await openTestCipher(database)).close();
  await using proxy = await openBreakableProxy(database.migrationUrl);
  const options = {
    ...optionsFor(database, { following: { ...following, patience: 5_000 } }),
    migrationUrl: proxy.url,
  };
  const broken = rotateDataKeys({
    ...options,
    onStep({ kind }) {
      if (kind === 'waiting') proxy.cut();
    },
  });
  await expect(broken).rejects.toThrow(/Connection terminated unexpectedly|ECONNRESET/);
  const reached: KeyChangeStep[] = [];
  await rotateDataKeys({ ...options, following, onStep: (step) => reached.push(step) });
  expect(reached[0]).toMatchObject({ kind: 'key', isNew: false });
});

it('wraps the data keys with a new master key, after which the old one is not needed', async () => {
  await using database = await createScratchDatabase('patients');
  const newKey = (id: string): string => `${id} ${randomBytes(32).toString('base64')}`;
  const [first, second] = [newKey('first'), newKey('second')];
  const settings = { ENCRYPTION_MASTER_KEY: first };
  const cipher = await openTestCipher(database, { settings });
  const place = { table: 'patients', row: 1, column: 'allergies' };
  const stored = cipher.encrypt('Penicillin', place);
  await cipher.close();
  await rotateDataKeys(optionsFor(database, { settings }));
  const both = optionsFor(database, { settings: { ENCRYPTION_MASTER_KEY: `${first}\n${second}` } });
  expect(await rewrapDataKeys(both)).toEqual({ rewrapped: 2, left: [] });
  expect(await rewrapDataKeys(both)).toEqual({ rewrapped: 0, left: [] });
  const later = await openTestCipher(database, { settings: { ENCRYPTION_MASTER_KEY: second } });
  expect(await later.decrypt(stored, place)).toBe('Penicillin');
  await later.close();
  await expect(openTestCipher(database, { settings })).rejects.toThrow(
    'which ENCRYPTION_MASTER_KEY does not hold',
  );
});
