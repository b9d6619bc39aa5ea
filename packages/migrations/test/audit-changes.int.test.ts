import { expect, test } from 'vitest';
import { createScratchDatabase } from '../../../test/cluster.js';
import { services } from '../src/index.js';
import { auditedTables, insertInto } from './audited-tables.js';
import { readEntries } from './audit-entries.js';
import { connect } from './connect.js';

test.each(auditedTables)(
  'each change of $table of $service leaves one entry that names record, columns and role, and no value',
  async ({ service, table, before = '', record, change, key, patientIds }) => {
    await using database = await createScratchDatabase(service);
    await using owner = await connect(database.migrationUrl);
    await using superuser = await connect(database.superuserUrl);
    const [cluster] = await superuser.query<{ directory: string }>(
      `SELECT current_setting('data_directory') AS directory`,
    );
    const file = `'${cluster?.directory ?? ''}/${database.name}'`;
    const assignments = Object.entries(change).map(([column, value]) => `${column} = ${value}`);

    await owner.query(before);
    await owner.query(insertInto(table, record));
    await owner.query(`UPDATE ${table} SET ${assignments.join()}`);
    await superuser.query(`COPY ${table} TO ${file}`);
    await owner.query(`DELETE FROM ${table}`);
    await superuser.query(`COPY ${table} FROM ${file}`);
    await superuser.query(`TRUNCATE ${table} CASCADE`);

    const entries = await readEntries(owner, table);
    const common = { source: 'trigger', outcome: 'success', recordType: table, recordCount: 1, patientIds };
    const byOwner = {
      databaseRole: `${service}_owner`,
      actorKind: 'database',
      actorName: `${service}_owner`,
    };
    const bySuperuser = { ...byOwner, databaseRole: 'postgres', actorName: 'postgres' };
    const none = { ...common, recordIds: [key], fields: [] };
    expect(entries).toMatchObject([
      { ...none, ...byOwner, action: 'create', operation: 'INSERT' },
      { ...none, ...byOwner, action: 'update', operation: 'UPDATE', fields: Object.keys(change).sort() },
      { ...none, ...byOwner, action: 'delete', operation: 'DELETE' },
      { ...none, ...bySuperuser, action: 'create', operation: 'INSERT' },
      { ...none, ...bySuperuser, action: 'delete', operation: 'TRUNCATE' },
    ]);
    expect(entries).toHaveLength(5);
    expect(entries.map(({ everything }) => everything).join()).not.toMatch(/zebulon/i);
  },
);

test.each(services)('the changes of every table of %s are looked at', async (service) => {
  await using database = await createScratchDatabase(service);
  await using owner = await connect(database.migrationUrl);
  const tables = await owner.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
       AND relname NOT IN ('audit_entries', 'audit_seals', '_prisma_migrations')`,
  );
  expect(tables.map(({ name }) => name).sort()).toEqual(
    auditedTables
      .filter((audited) => audited.service === service)
      .map(({ table }) => table)
      .sort(),
  );
});
