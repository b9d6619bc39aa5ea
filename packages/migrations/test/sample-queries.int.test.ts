import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { connect } from './connect.js';
import { migratedDatabase } from './migrated-database.js';

/** One of the specification's "Sample Data Queries", word for word. */
function sampleQuery(name: string): Promise<string> {
  return readFile(new URL(`../../../prisma/test/sample-queries/${name}.sql`, import.meta.url), 'utf8');
}

test('"Get User with Role" finds the active account with that address, as the users role', async () => {
  await using database = await migratedDatabase('users');
  await using service = await connect(database.databaseUrl);
  await service.query(`
    INSERT INTO users (email, password_hash, first_name, last_name, role, is_active) VALUES
      ('admin@hospital.com', 'x', 'Ada', 'Admin', 'admin', true),
      ('doctor@hospital.com', 'x', 'Sarah', 'Chen', 'doctor', true),
      ('former@hospital.com', 'x', 'Fred', 'Former', 'doctor', false)`);
  expect(await service.query(await sampleQuery('user-with-role'))).toEqual([
    {
      id: 2,
      email: 'doctor@hospital.com',
      first_name: 'Sarah',
      last_name: 'Chen',
      role: 'doctor',
      is_active: true,
    },
  ]);
  await service.query('UPDATE users SET is_active = false');
  expect(await service.query(await sampleQuery('user-with-role'))).toEqual([]);
});

test('"Search Patients" finds active patients by either name, in order and with their age, as the patients role', async () => {
  await using database = await migratedDatabase('patients');
  await using service = await connect(database.databaseUrl);
  await service.query(`
    INSERT INTO patients (first_name, last_name, date_of_birth, gender, phone, email, is_active, created_by)
    SELECT first_name, last_name, CURRENT_DATE - age, 'other', '555', lower(first_name) || '@example.org', active, 1
    FROM (VALUES
      ('ALICE', 'Zimmer', interval '40 years', true),
      ('Bob', 'McAlice', interval '7 years 11 months', true),
      ('Malicent', 'Adams', interval '1 day', true),
      ('Alice', 'Gone', interval '30 years', false),
      ('Carol', 'Young', interval '30 years', true)
    ) AS people (first_name, last_name, age, active)`);
  const people = await service.query(await sampleQuery('search-patients'));
  expect(people).toEqual([
    {
      id: 3,
      first_name: 'Malicent',
      last_name: 'Adams',
      email: 'malicent@example.org',
      phone: '555',
      age: '0',
    },
    { id: 2, first_name: 'Bob', last_name: 'McAlice', email: 'bob@example.org', phone: '555', age: '7' },
    { id: 1, first_name: 'ALICE', last_name: 'Zimmer', email: 'alice@example.org', phone: '555', age: '40' },
  ]);
});

test('"Get Doctor\'s Appointments" lists today\'s active ones by time, as the appointments role', async () => {
  await using database = await migratedDatabase('appointments');
  await using service = await connect(database.databaseUrl);
  await service.query(`
    INSERT INTO appointments (patient_id, doctor_id, date_time, duration, type, status, reason, is_active, created_by)
    SELECT patient_id, doctor_id, CURRENT_DATE + start, 30, 'follow-up', status, 'check', active, 1
    FROM (VALUES
      (11, 2, interval '15:00', 'scheduled', true),
      (12, 2, interval '0:00', 'completed', true),
      (13, 2, interval '23:59:59', 'cancelled', true),
      (14, 2, interval '10:00', 'scheduled', false),
      (15, 2, interval '24:00', 'scheduled', true),
      (16, 2, interval '-1 second', 'scheduled', true),
      (17, 3, interval '9:00', 'scheduled', true)
    ) AS bookings (patient_id, doctor_id, start, status, active)`);
  const day = await service.query<{ patient_id: number }>(await sampleQuery('doctors-appointments'));
  expect(day.map((row) => row.patient_id)).toEqual([12, 11, 13]);
  const [{ today } = { today: '' }] = await service.query<{ today: string }>(
    'SELECT CURRENT_DATE::text AS today',
  );
  const [first] = await service.query(`SELECT date_time::text, duration, type, status, reason
    FROM (${(await sampleQuery('doctors-appointments')).replace(';', '')}) AS sample LIMIT 1`);
  expect(first).toEqual({
    date_time: `${today} 00:00:00`,
    duration: 30,
    type: 'follow-up',
    status: 'completed',
    reason: 'check',
  });
});

test('"Check Appointment Conflicts" counts what overlaps and not what touches, as the appointments role', async () => {
  await using database = await migratedDatabase('appointments');
  await using service = await connect(database.databaseUrl);
  const conflicts = async (): Promise<unknown> =>
    (await service.query(await sampleQuery('appointment-conflicts')))[0];
  const book = (doctor: number, time: string, minutes: number, status: string): Promise<unknown> =>
    service.query(
      `INSERT INTO appointments (patient_id, doctor_id, date_time, duration, type, status, reason, created_by)
       VALUES ((SELECT count(*) FROM appointments), $1, timestamp '2024-01-15' + $2::time, $3, 'consultation', $4, 'x', 1)`,
      [doctor, time, minutes, status],
    );
  await book(2, '09:30', 30, 'scheduled');
  await book(2, '10:30', 30, 'confirmed');
  await book(2, '10:00', 30, 'cancelled');
  await book(3, '10:00', 30, 'scheduled');
  expect(await conflicts()).toEqual({ conflicts: '0' });
  await book(2, '10:00', 15, 'in-progress');
  await book(2, '10:15', 15, 'scheduled');
  expect(await conflicts()).toEqual({ conflicts: '2' });
});
