import type { EncryptionSettings } from '@caregraph/encryption/encryption-settings';
import type { Client } from 'pg';
import { demoAccounts, demoPassword } from './demo-accounts.js';
import { demoData, demoPatientCount } from './demo-data.js';
import { withRowEncryption, type RowEncryption } from './encrypted-rows.js';
import { hashPassword } from './hash-password.js';
import { inTransactions, writeDataSet, type Databases, type OwnerSessions } from './owner-sessions.js';
import { patientMailDomain } from './patient-rows.js';
import { dayLength } from './table-rows.js';

/** Who can log in to the demo, and with what. */
export interface DemoAccounts {
  readonly accounts: readonly { readonly email: string; readonly role: string; readonly name: string }[];
  readonly password: string;
}

/**
 * Fills three empty, migrated databases with the demo's data, around today. All of it or none: the users are
 * committed last, and what an interrupted run has left in the other two databases is replaced by the next one.
 * Returns null, and changes nothing, where there are users, or records that are not the demo's.
 */
export async function seedDemo(
  databases: Databases,
  encryption: EncryptionSettings,
  { passwordHashCost = 12 }: { readonly passwordHashCost?: number } = {},
): Promise<DemoAccounts | null> {
  return withRowEncryption(databases, encryption, (ciphers) =>
    seedEncrypted(databases, ciphers, passwordHashCost),
  );
}

async function seedEncrypted(
  databases: Databases,
  ciphers: RowEncryption,
  passwordHashCost: number,
): Promise<DemoAccounts | null> {
  return inTransactions(databases, ['appointments', 'patients', 'users'], async (sessions) => {
    // Another run of ours waits here until the users are there.
    await sessions.users.query('LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE');
    if ((await hasRows(sessions.users, 'users')) || (await holdForeignRecords(sessions))) return null;
    await clear(sessions);
    const today = Math.floor(Date.now() / dayLength) * dayLength;
    await writeDataSet(
      sessions,
      demoData(today, await hashPassword(demoPassword, passwordHashCost)),
      ciphers,
    );
    await sessions.users.query("SELECT setval(pg_get_serial_sequence('users', 'id'), max(id)) FROM users");
    for (const service of ['patients', 'appointments'] as const) {
      await sessions[service].query(
        `SELECT setval(pg_get_serial_sequence('${service}', 'id'), max(id)) FROM ${service}`,
      );
    }
    const accounts = demoAccounts.map(({ email, role, firstName, lastName }) => ({
      email,
      role: role.toUpperCase(),
      name: `${firstName} ${lastName}`,
    }));
    return { accounts, password: demoPassword };
  });
}

async function hasRows(client: Client, source: string, values: readonly unknown[] = []): Promise<boolean> {
  const { rowCount } = await client.query(`SELECT FROM ${source} LIMIT 1`, [...values]);
  return rowCount !== 0;
}

async function holdForeignRecords({ patients, appointments }: OwnerSessions): Promise<boolean> {
  return (
    (await hasRows(patients, 'patients WHERE id > $1 OR email NOT LIKE $2', [
      demoPatientCount,
      `%@${patientMailDomain}`,
    ])) || (await hasRows(appointments, 'appointments WHERE patient_id > $1', [demoPatientCount]))
  );
}

async function clear({ patients, appointments }: OwnerSessions): Promise<void> {
  await patients.query('DELETE FROM patients');
  for (const table of ['booking_requests', 'appointments', 'doctor_schedules', 'doctor_calendars']) {
    await appointments.query(`DELETE FROM ${table}`);
  }
}
