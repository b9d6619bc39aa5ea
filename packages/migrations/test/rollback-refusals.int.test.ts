import { expect, test } from 'vitest';
import { MigrationError, readStatus, rollback, services, type Service } from '../src/index.js';
import { connect, type Connection } from './connect.js';
import { migratedDatabase } from './migrated-database.js';
import { versionsOf } from './migrations-folder.js';

/** How many steps back it is, from what is applied now, until a migration is reverted, that one included. */
async function stepsBackTo(database: Parameters<typeof readStatus>[0], name: string): Promise<number> {
  const applied = (await readStatus(database)).filter(({ state }) => state === 'applied');
  return applied.length - applied.findIndex(({ version }) => version.endsWith(`_${name}`));
}

async function addPatient(owner: Connection, column: string, text: string): Promise<void> {
  await owner.query(
    `INSERT INTO patients (first_name, last_name, date_of_birth, gender, phone, email, created_by, ${column})
     VALUES ('A', 'B', '1980-01-01', 'other', '555', 'a@b.org', 1, $1)`,
    [text],
  );
}

async function addAppointment(owner: Connection, column: string, text: string): Promise<void> {
  await owner.query(
    `INSERT INTO appointments (patient_id, doctor_id, date_time, duration, type, status, reason, created_by, ${column})
     VALUES (1, 2, '2031-01-01 09:00', 30, 'consultation', 'scheduled', 'Cough', 1, $1)`,
    [text],
  );
}

const encrypted = 'enc:v1:0123456789abcdef:AAAA';

test.each<[Service, string, string, typeof addPatient]>([
  ['patients', 'medical_history', 'create_data_keys', addPatient],
  ['patients', 'allergies', 'create_data_keys', addPatient],
  ['patients', 'medications', 'create_data_keys', addPatient],
  ['patients', 'policy_number_encrypted', 'encrypt_policy_numbers', addPatient],
  ['appointments', 'notes', 'create_data_keys', addAppointment],
])('%s: what %s holds encrypted is in the way of reverting %s', async (service, column, name, add) => {
  await using database = await migratedDatabase(service);
  await using owner = await connect(database.migrationUrl);
  await add(owner, column, encrypted);
  const migrated = { service, migrationUrl: database.migrationUrl };
  const options = { ...migrated, steps: await stepsBackTo(migrated, name) };
  // Also for whoever may discard the trail: these values are no part of it.
  const attempt = rollback({ ...options, discardAuditTrail: true });
  await expect(attempt).rejects.toThrow(MigrationError);
  await expect(attempt).rejects.toThrow(/no command that decrypts in place/);
  expect(await owner.query(`SELECT ${column} AS text FROM ${service}`)).toEqual([{ text: encrypted }]);
  expect(await owner.query(`SELECT count(*)::integer AS keys FROM data_keys`)).toEqual([{ keys: 0 }]);

  await owner.query(`UPDATE ${service} SET ${column} = NULL`);
  const left = (await readStatus(options)).filter(({ state }) => state === 'applied').length;
  const before = (await versionsOf(service)).length - options.steps;
  expect(await rollback({ ...options, steps: left - before })).toHaveLength(left - before);
});

test.each(['patients', 'appointments'] as const)(
  '%s: text in clear is in the way of nobody',
  async (service) => {
    await using database = await migratedDatabase(service);
    await using owner = await connect(database.migrationUrl);
    if (service === 'patients') await addPatient(owner, 'allergies', 'Peanuts');
    else await addAppointment(owner, 'notes', 'Fasting');
    const migrated = { service, migrationUrl: database.migrationUrl };
    const steps = await stepsBackTo(migrated, 'create_data_keys');
    // What was added has left an entry, which is in the way of a later migration, and no concern of this test.
    expect(await rollback({ ...migrated, steps, discardAuditTrail: true })).toHaveLength(steps);
  },
);

test.each(services)('%s: a trail with entries is discarded only where that is said', async (service) => {
  await using database = await migratedDatabase(service);
  await using owner = await connect(database.migrationUrl);
  await owner.query(
    `INSERT INTO audit_entries (action, outcome, actor_kind) VALUES ('read', 'success', 'anonymous')`,
  );
  const options = { service, migrationUrl: database.migrationUrl };
  const steps = await stepsBackTo(options, 'create_audit_trail');
  const attempt = rollback({ ...options, steps });
  await expect(attempt).rejects.toThrow(MigrationError);
  await expect(attempt).rejects.toThrow(/--discard-audit-trail/);
  expect(await owner.query('SELECT count(*)::integer AS entries FROM audit_entries')).toEqual([
    { entries: 1 },
  ]);

  expect(
    (await readStatus(options)).filter(({ version }) => version.endsWith('_audit_changes')),
  ).toMatchObject([{ state: 'applied' }]);

  // What came after the trail is reverted by now, up to the first migration that refused.
  const withChanges = await stepsBackTo(options, 'audit_changes');
  await rollback({ ...options, steps: withChanges, discardAuditTrail: true });
  await expect(rollback({ ...options, steps: 1 })).rejects.toThrow(/gone for good/);
  await rollback({ ...options, steps: 1, discardAuditTrail: true });
  expect(await owner.query(`SELECT to_regclass('audit_entries') AS trail`)).toEqual([{ trail: null }]);
});
