import { describe, expect, test } from 'vitest';
import { migrate, services, type Service } from '../src/index.js';
import { connect, failureOf } from './connect.js';
import { databaseOfThisFile, migratedDatabase } from './migrated-database.js';

const INSUFFICIENT_PRIVILEGE = '42501';

const tables: Record<Service, string[]> = {
  users: ['users', 'sessions', 'refresh_tokens', 'login_devices'],
  patients: ['patients', 'care_team_members', 'patient_restrictions', 'data_keys'],
  appointments: [
    'appointments',
    'doctor_schedules',
    'doctor_calendars',
    'booking_requests',
    'slot_holds',
    'data_keys',
  ],
};

/** What the runtime role may do to rows, table by table. */
const granted: Record<string, string[]> = {
  users: ['SELECT', 'INSERT', 'UPDATE'],
  sessions: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  refresh_tokens: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  login_devices: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  patients: ['SELECT', 'INSERT', 'UPDATE'],
  care_team_members: ['SELECT', 'INSERT', 'DELETE'],
  patient_restrictions: ['SELECT', 'INSERT'],
  appointments: ['SELECT', 'INSERT', 'UPDATE'],
  doctor_schedules: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  doctor_calendars: ['SELECT', 'INSERT', 'UPDATE'],
  booking_requests: ['SELECT', 'INSERT'],
  slot_holds: ['SELECT', 'INSERT', 'DELETE'],
  data_keys: ['SELECT'],
  schema_migrations: ['SELECT'],
  audit_entries: ['SELECT'],
  audit_seals: ['SELECT', 'INSERT'],
};

describe.each(services)('the runtime role of %s', (service) => {
  const asService = databaseOfThisFile(service);

  test(
    'has exactly the privileges that its work needs',
    asService(async (connection) => {
      const rows = await connection.query<{ name: string; privileges: string[] }>(`
        SELECT relname AS name, array_agg(privilege ORDER BY place) AS privileges
        FROM pg_class,
          unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])
            WITH ORDINALITY AS privileges (privilege, place)
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')
          AND has_table_privilege(oid, privilege)
        GROUP BY relname`);
      const expected = [...tables[service], 'audit_entries', 'audit_seals', 'schema_migrations'].map(
        (name) => [name, granted[name]],
      );
      expect(Object.fromEntries(rows.map(({ name, privileges }) => [name, privileges]))).toEqual(
        Object.fromEntries(expected),
      );
    }),
  );

  test(
    'cannot change the schema, empty a table, delete people or appointments, or touch the record of migrations',
    asService(async (connection) => {
      const table = service;
      for (const statement of [
        'CREATE TABLE mine (id INTEGER)',
        'CREATE TEMPORARY TABLE mine (id INTEGER)',
        'CREATE SCHEMA mine',
        'CREATE FUNCTION mine() RETURNS integer LANGUAGE sql RETURN 1',
        `ALTER TABLE ${table} ADD COLUMN mine INTEGER`,
        `ALTER TABLE ${table} DISABLE TRIGGER ALL`,
        `CREATE INDEX mine ON ${table} (id)`,
        `DROP TABLE ${table}`,
        `TRUNCATE ${table}`,
        `DELETE FROM ${table}`,
        `DROP FUNCTION increment_version() CASCADE`,
        `SELECT setval('${table}_id_seq', 1)`,
        `SELECT * FROM _prisma_migrations`,
        `DELETE FROM _prisma_migrations`,
        `UPDATE schema_migrations SET version = 'x'`,
      ]) {
        expect(await failureOf(connection, statement), statement).toMatchObject({
          code: INSUFFICIENT_PRIVILEGE,
        });
      }
    }),
  );

  test(
    'sees which migrations are applied, in UTC',
    asService(async (connection) => {
      const [row] = await connection.query(`
        SELECT count(*)::integer > 3 AS several, bool_and(applied_at BETWEEN LOCALTIMESTAMP - interval '1 hour' AND clock_timestamp() AT TIME ZONE 'UTC') AS recent,
               current_setting('TimeZone') AS zone
        FROM schema_migrations`);
      expect(row).toEqual({ several: true, recent: true, zone: 'UTC' });
    }),
  );
});

test('a privilege that was granted by hand is gone after the next run of the migrations', async () => {
  await using database = await migratedDatabase('users');
  await using owner = await connect(database.migrationUrl);
  await owner.query('GRANT DELETE ON users TO users_service');
  await migrate({ service: 'users', migrationUrl: database.migrationUrl, runtimeRole: 'users_service' });
  await using service = await connect(database.databaseUrl);
  await service.query('BEGIN');
  expect(await failureOf(service, 'DELETE FROM users')).toMatchObject({ code: INSUFFICIENT_PRIVILEGE });
});
