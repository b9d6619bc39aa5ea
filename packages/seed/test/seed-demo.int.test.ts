import { openFieldCipher } from '@caregraph/encryption';
import { createPasswordHasher } from '@caregraph/users-subgraph/password-hasher';
import { describe, expect, it } from 'vitest';
import { demoPassword } from '../src/demo-accounts.js';
import { restrictedPatientId } from '../src/demo-data.js';
import { seedDemo } from '../src/seed-demo.js';
import { keySettings } from '../../../test/cluster.js';
import { createScratchDatabases, type ScratchDatabases } from './scratch-databases.js';

/** bcrypt's least cost: the tests need no strong hashes. */
const options = { passwordHashCost: 4 };

async function counts(databases: ScratchDatabases): Promise<number[]> {
  const count = async (service: 'users' | 'patients' | 'appointments'): Promise<number> => {
    const [row] = await databases.query<{ count: number }>(
      service,
      `SELECT count(*)::integer AS count FROM ${service}`,
    );
    return row?.count ?? NaN;
  };
  return [await count('users'), await count('patients'), await count('appointments')];
}

async function decrypted(databases: ScratchDatabases, row: number, stored: string): Promise<string> {
  const cipher = await openFieldCipher({
    service: 'patients',
    databaseUrl: databases.patients.databaseUrl,
    settings: keySettings(),
    logger: { warn: () => undefined, error: () => undefined },
  });
  try {
    return await cipher.decrypt(stored, { table: 'patients', row, column: 'allergies' });
  } finally {
    await cipher.close();
  }
}

describe('seedDemo', () => {
  it('leaves no clinical text and no policy number in clear', async () => {
    await using databases = await createScratchDatabases();
    await seedDemo(databases, keySettings(), options);
    const [patients] = await databases.query(
      'patients',
      `SELECT count(policy_number)::integer AS policies, count(value) > 200 AS many,
        bool_and(starts_with(value, 'enc:v1:')) AS encrypted
      FROM patients
        CROSS JOIN unnest(ARRAY[medical_history, allergies, medications, policy_number_encrypted]) AS value`,
    );
    expect(patients).toEqual({ policies: 0, many: true, encrypted: true });
    const [appointments] = await databases.query(
      'appointments',
      `SELECT count(notes) > 500 AS many, bool_and(starts_with(notes, 'enc:v1:')) AS encrypted FROM appointments`,
    );
    expect(appointments).toEqual({ many: true, encrypted: true });
  });

  it('makes the accounts that the documentation names, with ids from 1 on and one password', async () => {
    await using databases = await createScratchDatabases();
    const result = await seedDemo(databases, keySettings(), options);
    const rows = await databases.query<{ id: number; email: string; role: string; password_hash: string }>(
      'users',
      'SELECT id, email, role, password_hash FROM users ORDER BY id',
    );
    expect(rows.slice(0, 4).map(({ id, email, role }) => [id, email, role])).toEqual([
      [1, 'admin@hospital.com', 'admin'],
      [2, 'doctor@hospital.com', 'doctor'],
      [3, 'nurse@hospital.com', 'nurse'],
      [4, 'staff@hospital.com', 'staff'],
    ]);
    expect(result?.accounts.map(({ email }) => email)).toEqual(rows.map(({ email }) => email));
    expect(result?.accounts[1]).toMatchObject({ role: 'DOCTOR', name: 'Mei Chen' });
    expect(result?.password).toBe(demoPassword);
    const hasher = await createPasswordHasher(4);
    try {
      expect(await hasher.verify(demoPassword, rows[1]?.password_hash ?? '')).toBe(true);
    } finally {
      await hasher.close();
    }
  });

  it('gives user 2 a day today, an Alice with allergies, and leaves the next ids free', async () => {
    await using databases = await createScratchDatabases();
    await seedDemo(databases, keySettings(), options);
    const today = await databases.query<{ status: string }>(
      'appointments',
      "SELECT status FROM appointments WHERE doctor_id = 2 AND date_time::date = (now() AT TIME ZONE 'UTC')::date",
    );
    expect(today.length).toBeGreaterThanOrEqual(5);
    expect(today.map(({ status }) => status)).toContain('confirmed');
    const alice = await databases.query<{ id: number; allergies: string }>(
      'patients',
      "SELECT id, allergies FROM patients WHERE first_name = 'Alice'",
    );
    expect(alice).toHaveLength(1);
    expect(await decrypted(databases, alice[0]?.id ?? NaN, alice[0]?.allergies ?? '')).toContain(
      'Penicillin',
    );
    const [next] = await databases.query<{ id: number }>(
      'users',
      `INSERT INTO users (email, password_hash, first_name, last_name, role)
       VALUES ('new@hospital.com', '', 'N', 'N', 'staff') RETURNING id`,
    );
    expect(next?.id).toBe(11);
  });

  it('restricts the record of a member of staff to a care team of user 2 and user 3, which has appointments', async () => {
    await using databases = await createScratchDatabases();
    await seedDemo(databases, keySettings(), options);
    const restricted = await databases.query<{ id: number; name: string; team: number[] }>(
      'patients',
      `SELECT id, first_name || ' ' || last_name AS name,
         ARRAY(SELECT user_id FROM care_team_members WHERE patient_id = id ORDER BY user_id) AS team
       FROM patients JOIN patient_restrictions ON patient_id = id WHERE lifted_at IS NULL`,
    );
    expect(restricted).toEqual([{ id: restrictedPatientId, name: 'Şebnem Yıldız', team: [2, 3] }]);
    const namesakes = await databases.query(
      'patients',
      `SELECT id FROM patients WHERE search_text(concat_ws(' ', first_name, last_name, email)) LIKE '%yildiz%'`,
    );
    expect(namesakes).toEqual([{ id: restrictedPatientId }]);
    const colleague = await databases.query('users', "SELECT id FROM users WHERE last_name = 'Yıldız'");
    expect(colleague).toEqual([{ id: 9 }]);
    const [booked] = await databases.query<{ count: number }>(
      'appointments',
      `SELECT count(*)::integer AS count FROM appointments WHERE patient_id = ${restrictedPatientId}`,
    );
    expect(booked?.count).toBeGreaterThan(0);
  });

  it('does nothing where there are users', async () => {
    await using databases = await createScratchDatabases();
    await seedDemo(databases, keySettings(), options);
    const before = await counts(databases);
    expect(await seedDemo(databases, keySettings(), options)).toBeNull();
    expect(await counts(databases)).toEqual(before);
  });

  it('seeds once when two start at the same time', async () => {
    await using databases = await createScratchDatabases();
    const results = await Promise.all([
      seedDemo(databases, keySettings(), options),
      seedDemo(databases, keySettings(), options),
    ]);
    expect(results.filter((result) => result === null)).toHaveLength(1);
    expect(await counts(databases)).toEqual([10, 200, 1_600]);
  });

  it('completes what an interrupted run has left without users', async () => {
    await using databases = await createScratchDatabases();
    await seedDemo(databases, keySettings(), options);
    const whole = await counts(databases);
    await databases.query('users', 'DELETE FROM users');
    await databases.query('patients', 'DELETE FROM patients WHERE id > 100');
    expect(await seedDemo(databases, keySettings(), options)).not.toBeNull();
    expect(await counts(databases)).toEqual(whole);
  });

  it('changes nothing where there are patients of somebody else', async () => {
    await using databases = await createScratchDatabases();
    await databases.query(
      'patients',
      `INSERT INTO patients (first_name, last_name, date_of_birth, gender, phone, email, created_by)
       VALUES ('Real', 'Person', '1990-01-01', 'other', '1', 'real@hospital.com', 1)`,
    );
    expect(await seedDemo(databases, keySettings(), options)).toBeNull();
    expect(await counts(databases)).toEqual([0, 1, 0]);
  });
});
