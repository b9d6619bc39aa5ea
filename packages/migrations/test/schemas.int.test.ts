import { expect, test } from 'vitest';
import { createScratchDatabase } from '../../../test/cluster.js';
import { migrate, readStatus, rollback, services, type Service } from '../src/index.js';
import { readEntries } from './audit-entries.js';
import { readCatalogue, type Catalogue } from './catalogue.js';
import { connect } from './connect.js';
import { migratedDatabase } from './migrated-database.js';
import { versionsOf } from './migrations-folder.js';

function inSchema(url: string, schema: string): string {
  const copy = new URL(url);
  copy.searchParams.set('schema', schema);
  return copy.href;
}

/** A service's objects in a database of its own; extensions are the database's and not the schema's. */
async function ownCatalogue(service: Service): Promise<string[]> {
  await using database = await migratedDatabase(service);
  await using owner = await connect(database.migrationUrl);
  return schemaObjects(await readCatalogue(owner));
}

function schemaObjects(catalogue: Catalogue): string[] {
  return [...catalogue]
    .filter(([name]) => !name.startsWith('extension '))
    .map((entry) => entry.join(': '))
    .sort();
}

test('one database holds all three services in schemas of their own, and one of them goes without the others', async () => {
  await using database = await createScratchDatabase('users', { empty: true });
  const urlOf = (service: Service): string => inSchema(database.migrationUrl, `${service} "of" ours`);
  for (const service of services) {
    await migrate({ service, migrationUrl: urlOf(service), runtimeRole: 'users_service' });
  }
  const before = new Map<Service, string[]>();
  for (const service of services) {
    await using owner = await connect(urlOf(service));
    before.set(service, schemaObjects(await readCatalogue(owner)));
    expect(before.get(service)).toEqual(await ownCatalogue(service));
  }
  await using inPublic = await connect(database.migrationUrl);
  expect(schemaObjects(await readCatalogue(inPublic))).toEqual([]);

  const steps = (await versionsOf('users')).length;
  await rollback({ service: 'users', migrationUrl: urlOf('users'), steps });
  for (const service of ['patients', 'appointments'] as const) {
    await using owner = await connect(urlOf(service));
    expect(schemaObjects(await readCatalogue(owner))).toEqual(before.get(service));
    const statuses = await readStatus({ service, migrationUrl: urlOf(service) });
    expect(statuses.every(({ state }) => state === 'applied')).toBe(true);
  }

  await using patients = await connect(inSchema(database.databaseUrl, 'patients "of" ours'));
  await patients.query(`INSERT INTO patients (first_name, last_name, date_of_birth, gender, phone, email, created_by)
    VALUES ('Zoë', 'Ölund', '1980-01-01', 'female', '555', 'z@example.org', 1)`);
  expect(
    await patients.query(
      `SELECT first_name FROM patients WHERE search_vector @@ search_query('zoe olu', true)`,
    ),
  ).toEqual([{ first_name: 'Zoë' }]);
});

test('a service moves back into its schema after its siblings have used the extensions', async () => {
  await using database = await createScratchDatabase('users', { empty: true });
  const [users, patients] = ['u', 'p'].map((schema) => inSchema(database.migrationUrl, schema));
  const migrateUsers = (): Promise<string[]> =>
    migrate({ service: 'users', migrationUrl: users ?? '', runtimeRole: 'users_service' });
  const versions = await migrateUsers();
  await migrate({ service: 'patients', migrationUrl: patients ?? '', runtimeRole: 'users_service' });
  await rollback({ service: 'users', migrationUrl: users ?? '', steps: versions.length });
  expect(await migrateUsers()).toEqual(versions);
});

test('each schema has a trail of its own, also of a superuser who names the schema only', async () => {
  await using database = await createScratchDatabase('users', { empty: true });
  const urlOf = (service: Service): string => inSchema(database.migrationUrl, `${service} "of" ours`);
  for (const service of services) {
    await migrate({ service, migrationUrl: urlOf(service), runtimeRole: 'users_service' });
  }
  await using superuser = await connect(database.superuserUrl);
  await superuser.query(`
    INSERT INTO "appointments ""of"" ours".doctor_calendars (doctor_id, time_zone) VALUES (2, 'UTC');
    UPDATE "appointments ""of"" ours".doctor_calendars SET time_zone = 'Europe/Vienna';
    TRUNCATE "appointments ""of"" ours".doctor_calendars`);
  const entries = new Map<Service, unknown[]>();
  for (const service of services) {
    await using owner = await connect(urlOf(service));
    entries.set(service, await readEntries(owner));
  }
  expect(entries.get('appointments')).toMatchObject([
    { operation: 'INSERT', recordIds: ['2'], databaseRole: 'postgres' },
    { operation: 'UPDATE', recordIds: ['2'], fields: ['time_zone'] },
    { operation: 'TRUNCATE', recordIds: ['2'] },
  ]);
  expect([entries.get('users'), entries.get('patients')]).toEqual([[], []]);
});
