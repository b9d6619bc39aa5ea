import { describe, expect, test } from 'vitest';
import { createScratchDatabase } from '../../../test/cluster.js';
import { services } from '../src/index.js';
import { auditedTables, insertInto } from './audited-tables.js';
import { readEntries } from './audit-entries.js';
import { connect, failureOf } from './connect.js';

const INSUFFICIENT_PRIVILEGE = '42501';

const rewrites = ['audit_entries', 'audit_seals'].flatMap((table) => [
  `UPDATE ${table} SET ${table === 'audit_seals' ? 'sequence' : 'record_count'} = 2`,
  `DELETE FROM ${table}`,
  `DELETE FROM ${table} WHERE false`,
  `TRUNCATE ${table}`,
]);
const addUser = `INSERT INTO users (id, email, password_hash, first_name, last_name, role)
  VALUES (7, 'seven@clinic.example', '-', 'Seven', 'Of', 'nurse')`;

describe.each(services)('the trail of %s', (service) => {
  test('is rewritten by neither the service, nor the owner, nor one who replays changes', async () => {
    await using database = await createScratchDatabase(service);
    await using superuser = await connect(database.superuserUrl);
    for (const url of [database.databaseUrl, database.migrationUrl, database.superuserUrl]) {
      await using connection = await connect(url);
      await connection.query('BEGIN');
      for (const statement of rewrites) {
        expect(await failureOf(connection, statement), statement).toMatchObject({
          code: INSUFFICIENT_PRIVILEGE,
        });
      }
    }
    await superuser.query('BEGIN; SET LOCAL session_replication_role = replica');
    for (const statement of rewrites) {
      expect(await failureOf(superuser, statement), statement).toMatchObject({
        code: INSUFFICIENT_PRIVILEGE,
      });
    }
  });

  test('takes number, time, role and source of an entry from nobody, and its functions are called by nobody', async () => {
    await using database = await createScratchDatabase(service);
    await using connection = await connect(database.databaseUrl);
    await connection.query('BEGIN');
    const own = { action: `'read'`, outcome: `'success'`, actor_kind: `'anonymous'` };
    const chosen = {
      ...{ id: '1', recorded_at: `'2031-01-01'`, database_role: `'postgres'`, source: `'trigger'` },
      ...{ record_ranges: `'{[1,2)}'`, patient_ranges: `'{[1,2)}'`, transaction_id: '1' },
    };
    for (const [column, value] of Object.entries(chosen)) {
      const statement = insertInto('audit_entries', { ...own, [column]: value }).replace(
        'VALUES',
        'OVERRIDING SYSTEM VALUE VALUES',
      );
      expect(await failureOf(connection, statement), column).toMatchObject({ code: INSUFFICIENT_PRIVILEGE });
    }
    await connection.query(insertInto('audit_entries', own));
    expect(await readEntries(connection)).toMatchObject([
      { source: 'service', databaseRole: `${service}_service` },
    ]);

    const functions = await connection.query<{ name: string; callable: boolean }>(
      `SELECT proname AS name, has_function_privilege(oid, 'EXECUTE') AS callable FROM pg_proc
       WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'record\\_%\\_changes'`,
    );
    expect(functions.map(({ name }) => name).sort()).toEqual(
      auditedTables
        .filter((audited) => audited.service === service)
        .map(({ table }) => `record_${table}_changes`)
        .sort(),
    );
    expect(functions.filter(({ callable }) => callable)).toEqual([]);
  });
});

test('who replays changes leaves entries all the same', async () => {
  await using database = await createScratchDatabase('users');
  await using superuser = await connect(database.superuserUrl);
  await superuser.query('GRANT SET ON PARAMETER session_replication_role TO users_owner');
  try {
    await using owner = await connect(database.migrationUrl);
    await owner.query(`SET session_replication_role = replica; ${addUser}; DELETE FROM users`);
    await owner.query('BEGIN');
    expect(await failureOf(owner, 'DELETE FROM audit_entries')).toMatchObject({
      code: INSUFFICIENT_PRIVILEGE,
    });
    await owner.query('ROLLBACK');
    expect(await readEntries(owner)).toMatchObject([{ operation: 'INSERT' }, { operation: 'DELETE' }]);
  } finally {
    await superuser.query('REVOKE SET ON PARAMETER session_replication_role FROM users_owner');
  }
});

test.each([
  ['a temporary table', 'CREATE TEMPORARY TABLE audit_entries (LIKE public.audit_entries INCLUDING ALL)'],
  [
    'a schema before its own',
    `CREATE SCHEMA decoy; CREATE TABLE decoy.audit_entries (LIKE public.audit_entries INCLUDING ALL);
     SET search_path = decoy, public`,
  ],
  [
    'a type and an operator of its own',
    `CREATE TYPE pg_temp.text AS (value integer); CREATE SCHEMA decoy;
     CREATE FUNCTION decoy.never(INTEGER, INTEGER) RETURNS BOOLEAN LANGUAGE sql RETURN false;
     CREATE OPERATOR decoy.= (LEFTARG = INTEGER, RIGHTARG = INTEGER, FUNCTION = decoy.never);
     SET search_path = decoy, pg_catalog, public`,
  ],
  ['no search path', `SET search_path = ''`],
])('%s of the owner leads no entry astray', async (_, decoy) => {
  await using database = await createScratchDatabase('users');
  await using owner = await connect(database.migrationUrl);
  await owner.query(decoy);
  await owner.query(addUser.replace('users', 'public.users'));
  await owner.query(`UPDATE public.users SET role = 'doctor', email = 'moved@clinic.example'`);
  await using reader = await connect(database.migrationUrl);
  expect(await readEntries(reader)).toMatchObject([
    { operation: 'INSERT', recordIds: ['7'] },
    { operation: 'UPDATE', recordIds: ['7'], fields: ['email', 'role'] },
  ]);
});
