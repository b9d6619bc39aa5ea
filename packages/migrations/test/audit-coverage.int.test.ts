import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createScratchDatabase } from '../../../test/cluster.js';
import { services } from '../src/index.js';
import { connect, type Connection } from './connect.js';

/** Every table but those of the trail and of the migrations, with what of its changes the trail would miss. */
async function gapsOf(connection: Connection): Promise<{ table: string; missing: string[] }[]> {
  // Not compared: what is generated from other columns, and what a trigger raises with each update.
  return connection.query(`
    SELECT relname AS table, ARRAY(
      SELECT 'trigger ' || kind.name FROM (VALUES
        ('record_inserts', 4), ('record_deletes', 8), ('record_updates', 16), ('record_truncations', 34)
      ) AS kind (name, type)
      WHERE NOT EXISTS (
        SELECT FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
        WHERE tgrelid = pg_class.oid AND tgname = kind.name AND tgtype = kind.type AND tgenabled = 'A'
          AND tgqual IS NULL AND tgattr = '' AND proname = 'record_' || relname || '_changes' AND prosecdef
          AND proconfig = '{"search_path=pg_catalog, pg_temp"}')
      UNION ALL
      SELECT 'column ' || attname FROM pg_attribute
      WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        AND attname NOT IN ('version', 'updated_at')
        AND NOT EXISTS (
          SELECT FROM pg_proc
          WHERE pronamespace = relnamespace AND proname = 'record_' || relname || '_changes'
            AND strpos(prosrc, format('former.%1$I IS DISTINCT FROM latter.%1$I', attname)) > 0)
    ) AS missing
    FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = quote_ident(current_schema())::regnamespace
      AND relname NOT IN ('audit_entries', 'audit_seals', '_prisma_migrations')
    ORDER BY relname`);
}

test.each(services)('every table of %s has its triggers, which compare every column', async (service) => {
  await using database = await createScratchDatabase(service);
  await using owner = await connect(database.migrationUrl);
  const tables = await gapsOf(owner);
  expect(tables.map(({ table }) => table)).toContain(service);
  expect(tables.filter(({ missing }) => missing.length > 0)).toEqual([]);
});

test('a table, a column or a trigger that the trail would miss is found', async () => {
  await using database = await createScratchDatabase('appointments');
  await using owner = await connect(database.migrationUrl);
  await owner.query(`
    CREATE TABLE rooms (id INTEGER);
    ALTER TABLE appointments ADD COLUMN "Room" INTEGER;
    ALTER TABLE doctor_schedules ENABLE TRIGGER record_updates;
    ALTER TABLE doctor_calendars DISABLE TRIGGER record_truncations;
    DROP TRIGGER record_inserts ON booking_requests`);
  const triggers = ['record_inserts', 'record_deletes', 'record_updates', 'record_truncations'];
  expect((await gapsOf(owner)).filter(({ missing }) => missing.length > 0)).toEqual([
    { table: 'appointments', missing: ['column Room'] },
    { table: 'booking_requests', missing: ['trigger record_inserts'] },
    { table: 'doctor_calendars', missing: ['trigger record_truncations'] },
    { table: 'doctor_schedules', missing: ['trigger record_updates'] },
    { table: 'rooms', missing: [...triggers.map((name) => `trigger ${name}`), 'column id'] },
  ]);
  await owner.query(`
    CALL audit_table('rooms', 'id::text', 'id', NULL);
    CALL audit_table('appointments', 'id::text', 'id', 'patient_id');
    CALL audit_table('booking_requests', 'appointment_id::text', 'appointment_id', NULL);
    CALL audit_table('doctor_calendars', 'doctor_id::text', 'doctor_id', NULL);
    CALL audit_table('doctor_schedules', 'id::text', 'id', NULL)`);
  expect((await gapsOf(owner)).filter(({ missing }) => missing.length > 0)).toEqual([]);
});

test.each([
  ['20261124010000_create_audit_trail/migration.sql', services],
  ['20261124010000_create_audit_trail/down.sql', services],
  ['20261124010100_audit_changes/migration.sql', services],
  ['20261124030000_check_seals/migration.sql', services],
  ['20261124030000_check_seals/down.sql', services],
  ['20261124030100_name_transactions/migration.sql', services],
  ['20261124030100_name_transactions/down.sql', services],
  ['20261124020000_create_data_keys/migration.sql', ['patients', 'appointments']],
])(
  '%s is word for word the same for all services, but for the tables that it names',
  async (file, copies) => {
    const scripts = await Promise.all(
      copies.map((service) =>
        readFile(new URL(`../../../prisma/${service}/migrations/${file}`, import.meta.url), 'utf8'),
      ),
    );
    const common = scripts.map((script) => script.replaceAll(/^CALL audit_table\((?!'data_keys').*\n/gm, ''));
    expect(new Set(common).size).toBe(1);
  },
);
