import { describe, expect, it } from 'vitest';
import { DataSizeError } from '../src/appointments-plan.js';
import { seedDemo } from '../src/seed-demo.js';
import { seedLarge } from '../src/seed-large.js';
import { keySettings } from '../../../test/cluster.js';
import { createScratchDatabases } from './scratch-databases.js';

const speed = { passwordHashCost: 4 };
const options = {
  ...{ patients: 400, doctors: 7, appointments: 2_000, days: 60, seed: 'large' },
  today: Date.UTC(2026, 2, 4),
};

describe('seedLarge', () => {
  it('adds rows that the constraints accept to those of the demo, with the ids that follow', async () => {
    await using databases = await createScratchDatabases();
    await seedDemo(databases, keySettings(), speed);
    const progress = new Map<string, number>();
    const added = await seedLarge(databases, keySettings(), options, {
      ...speed,
      onProgress: (table, written) => progress.set(table, written),
    });
    expect(added).toEqual([
      { table: 'users', count: 9 },
      { table: 'patients', count: 400 },
      { table: 'doctor_calendars', count: 7 },
      { table: 'doctor_schedules', count: 35 },
      { table: 'appointments', count: 2_000 },
    ]);
    expect(Object.fromEntries(progress)).toEqual(
      Object.fromEntries(added.map(({ table, count }) => [table, count])),
    );
    const [patients] = await databases.query('patients', 'SELECT count(*)::integer, max(id) FROM patients');
    expect(patients).toEqual({ count: 600, max: 600 });
    const strangers = await databases.query(
      'appointments',
      'SELECT FROM appointments WHERE doctor_id > 10 AND patient_id <= 200 LIMIT 1',
    );
    expect(strangers).toEqual([]);
  });

  it('adds other rows when it is run again, and leaves the next ids to the services', async () => {
    await using databases = await createScratchDatabases();
    await seedLarge(databases, keySettings(), options, speed);
    await seedLarge(databases, keySettings(), options, speed);
    const [patient] = await databases.query<{ id: number }>(
      'patients',
      `INSERT INTO patients (first_name, last_name, date_of_birth, gender, phone, email, created_by)
       VALUES ('N', 'N', '1990-01-01', 'other', '1', 'n@n.example', 1) RETURNING id`,
    );
    expect(patient?.id).toBe(801);
    const [appointments] = await databases.query(
      'appointments',
      'SELECT count(*)::integer, count(DISTINCT doctor_id)::integer AS doctors FROM appointments',
    );
    expect(appointments).toEqual({ count: 4_000, doctors: 14 });
  });

  it('writes nothing when more is asked for than fits', async () => {
    await using databases = await createScratchDatabases();
    await expect(seedLarge(databases, keySettings(), { ...options, days: 5 }, speed)).rejects.toThrow(
      DataSizeError,
    );
    expect(await databases.query('users', 'SELECT FROM users')).toEqual([]);
  });

  it('leaves no table half full when one of them refuses a row', async () => {
    await using databases = await createScratchDatabases();
    await databases.query('appointments', 'ALTER TABLE appointments ADD CHECK (duration < 60)');
    await expect(seedLarge(databases, keySettings(), options, speed)).rejects.toThrow(
      'violates check constraint',
    );
    expect(await databases.query('users', 'SELECT FROM users')).toEqual([]);
    expect(await databases.query('patients', 'SELECT FROM patients LIMIT 1')).toEqual([]);
  });
});
