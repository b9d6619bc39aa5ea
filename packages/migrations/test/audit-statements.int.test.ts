import { expect, test } from 'vitest';
import { createScratchDatabase } from '../../../test/cluster.js';
import { readEntries } from './audit-entries.js';
import { connect, failureOf } from './connect.js';

const addAppointments = `INSERT INTO appointments
    (id, patient_id, doctor_id, date_time, duration, type, status, reason, created_by, is_active)
  SELECT n, n, 2, TIMESTAMP '2031-01-01', 30, 'consultation', 'scheduled', 'Cough', 1, false
  FROM unnest($1::integer[]) AS n`;
const addUser = `INSERT INTO users (id, email, password_hash, first_name, last_name, role)
  VALUES (7, 'seven@clinic.example', '-', 'Seven', 'Of', 'nurse')`;

test('a load of 100,000 records, their update and their removal are one entry each, with exact ranges', async () => {
  await using database = await createScratchDatabase('appointments');
  await using owner = await connect(database.migrationUrl);
  const ids = Array.from({ length: 100_001 }, (_, index) => index + 1).filter((id) => id !== 5000);
  await owner.query(addAppointments, [ids]);
  await owner.query(`UPDATE appointments SET patient_id = patient_id + 200000 WHERE id > 98000`);
  await owner.query('TRUNCATE appointments CASCADE');
  const all = '{[1,5000),[5001,100002)}';
  expect(await readEntries(owner, 'appointments')).toMatchObject([
    { operation: 'INSERT', recordCount: 100_000, recordIds: [], recordRanges: all, patientRanges: all },
    {
      ...{ operation: 'UPDATE', recordCount: 2001, recordIds: [], fields: ['patient_id'] },
      ...{ recordRanges: '{[98001,100002)}', patientRanges: '{[98001,100002),[298001,300002)}' },
    },
    {
      ...{ operation: 'TRUNCATE', recordCount: 100_000, recordIds: [], recordRanges: all },
      patientRanges: '{[1,5000),[5001,98001),[298001,300002)}',
    },
  ]);
});

test('a thousand records are named one by one, and one more by its range', async () => {
  await using database = await createScratchDatabase('appointments');
  await using owner = await connect(database.migrationUrl);
  const ids = Array.from({ length: 2001 }, (_, index) => index + 1);
  await owner.query(addAppointments, [ids.slice(0, 1000)]);
  await owner.query(addAppointments, [ids.slice(1000)]);
  const [few, many] = await readEntries(owner, 'appointments');
  expect(few).toMatchObject({ recordCount: 1000, recordRanges: null, patientRanges: null });
  expect(new Set(few?.recordIds)).toEqual(new Set(ids.slice(0, 1000).map(String)));
  expect(new Set(few?.patientIds)).toEqual(new Set(ids.slice(0, 1000)));
  expect(many).toMatchObject({ recordCount: 1001, recordIds: [], patientIds: [] });
  expect(many).toMatchObject({ recordRanges: '{[1001,2002)}', patientRanges: '{[1001,2002)}' });
});

test('an update that moves a key, or a record to another patient, names both', async () => {
  await using database = await createScratchDatabase('appointments');
  await using owner = await connect(database.migrationUrl);
  await owner.query(addAppointments, [[1, 2]]);
  await owner.query('UPDATE appointments SET id = 3 WHERE id = 1');
  await owner.query('UPDATE appointments SET patient_id = 5 WHERE id = 2');
  const [, key, patient] = await readEntries(owner, 'appointments');
  expect(key).toMatchObject({ recordIds: ['1', '3'], patientIds: [1] });
  expect(key?.fields).toContain('id');
  expect(patient).toMatchObject({ recordIds: ['2'], recordCount: 1, patientIds: [2, 5] });
  expect(patient?.fields).toEqual(['patient_id']);
});

test('ON CONFLICT DO UPDATE leaves an entry of what it added and one of what it changed', async () => {
  await using database = await createScratchDatabase('appointments');
  await using owner = await connect(database.migrationUrl);
  const calendars = (...ids: number[]): Promise<unknown> =>
    owner.query(
      `INSERT INTO doctor_calendars (doctor_id, time_zone) SELECT unnest($1::integer[]), 'UTC'
       ON CONFLICT (doctor_id) DO UPDATE SET time_zone = 'Europe/Vienna'`,
      [ids],
    );
  await calendars(1);
  await calendars(1, 2);
  await calendars(2);
  const entries = await readEntries(owner);
  expect(entries.slice(0, 1)).toMatchObject([{ operation: 'INSERT', recordIds: ['1'] }]);
  expect(entries.slice(1, 3).sort((a, b) => a.operation.localeCompare(b.operation))).toMatchObject([
    { operation: 'INSERT', recordIds: ['2'], fields: [] },
    { operation: 'UPDATE', recordIds: ['1'], fields: ['time_zone'] },
  ]);
  expect(entries.slice(3)).toMatchObject([{ operation: 'UPDATE', recordIds: ['2'], recordCount: 1 }]);
});

test('statements that change no row, and changes that are rolled back, leave nothing', async () => {
  await using database = await createScratchDatabase('users');
  await using owner = await connect(database.migrationUrl);
  await owner.query(`UPDATE users SET role = 'nurse'; DELETE FROM users`);
  await owner.query('INSERT INTO login_devices SELECT * FROM login_devices');
  await owner.query(`BEGIN; ${addUser}; ROLLBACK`);
  await owner.query(`BEGIN; SAVEPOINT before; ${addUser}; ROLLBACK TO before; COMMIT`);
  expect(await readEntries(owner)).toEqual([]);
});

test('what goes with a removed record is recorded, too', async () => {
  await using database = await createScratchDatabase('users');
  await using owner = await connect(database.migrationUrl);
  await owner.query(`${addUser};
    INSERT INTO sessions (user_id, expires_at, renewable_until) SELECT 7, '2031-01-01', '2031-01-01'
      FROM generate_series(1, 3);
    INSERT INTO refresh_tokens (token_hash, session_id, expires_at)
      SELECT sha256(id::text::bytea), id, '2031-01-01' FROM sessions`);
  const before = await readEntries(owner);
  await owner.query('DELETE FROM sessions');
  const entries = (await readEntries(owner)).slice(before.length);
  const removed = (type: string): string[] =>
    entries.filter(({ recordType }) => recordType === type).flatMap(({ recordIds }) => recordIds);
  expect(entries.every(({ operation }) => operation === 'DELETE')).toBe(true);
  expect(removed('sessions')).toHaveLength(3);
  expect(removed('refresh_tokens')).toHaveLength(3);
});

test('a change whose entry cannot be written is refused', async () => {
  await using database = await createScratchDatabase('users');
  await using owner = await connect(database.migrationUrl);
  await owner.query('ALTER TABLE audit_entries ADD CONSTRAINT full_up CHECK (false)');
  await owner.query('BEGIN');
  expect(await failureOf(owner, addUser)).toEqual({ code: '23514', constraint: 'full_up' });
  expect(await owner.query('SELECT FROM users')).toEqual([]);
});
