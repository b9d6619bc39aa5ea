import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { migrate } from '@caregraph/migrations';
import { serviceNames } from '@caregraph/service-kit';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { createScratchDatabase } from '../../../test/cluster.js';
import {
  compareGuards,
  expectedGuards,
  guardsFile,
  guardsText,
  readGuards,
  type Guards,
} from '../src/verify-guards.js';
import { createScratchTrail } from './seal-fixtures.js';
import { verify } from './verify-fixtures.js';

async function guardsOf(url: string, schema: string, ...before: readonly string[]): Promise<Guards> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of before) await client.query(statement);
    return await readGuards(client, schema);
  } finally {
    await client.end();
  }
}

describe.each(serviceNames)('the guards of the trail of %s', (service) => {
  it('are those that the verification expects', async () => {
    await using database = await createScratchDatabase(service);
    const guards = await guardsOf(database.databaseUrl, 'public');
    expect(Object.keys(guards)).toContain('trigger audit_entries_are_final of audit_entries');
    expect(
      guardsText(guards),
      'A migration has changed what guards the trail: "npm run db:migrate && npm run audit:guards" renews the files.',
    ).toBe(readFileSync(guardsFile(service), 'utf8'));
  });

  it('are the same in a schema of another name', async () => {
    await using database = await createScratchDatabase(service, { empty: true });
    const schema = `Clinic ${randomUUID().slice(0, 8)}`;
    const url = new URL(database.migrationUrl);
    url.searchParams.set('schema', schema);
    await migrate({ service, migrationUrl: url.href, runtimeRole: `${service}_service` });
    const guards = await guardsOf(database.databaseUrl, schema);
    expect(compareGuards(await expectedGuards(service), guards)).toEqual([]);
  });
});

const tamperings: readonly (readonly [what: string, statement: string, guard: string])[] = [
  ['a dropped trigger', 'DROP TRIGGER record_updates ON users', 'trigger record_updates of users'],
  [
    'a disabled trigger',
    'ALTER TABLE users DISABLE TRIGGER record_deletes',
    'trigger record_deletes of users',
  ],
  [
    'a trigger that replicated changes pass by',
    'ALTER TABLE users ENABLE TRIGGER record_deletes',
    'trigger record_deletes of users',
  ],
  [
    'a trigger with a condition',
    'CREATE OR REPLACE TRIGGER record_truncations AFTER TRUNCATE ON users FOR EACH STATEMENT WHEN (false) ' +
      'EXECUTE FUNCTION record_users_changes()',
    'trigger record_truncations of users',
  ],
  [
    'another body of a function',
    'CREATE OR REPLACE FUNCTION record_users_changes() RETURNS TRIGGER AS $$ BEGIN RETURN NULL; END $$ LANGUAGE plpgsql ' +
      'SECURITY DEFINER SET search_path = public, pg_temp',
    'function record_users_changes',
  ],
  [
    'a function that finds other tables first',
    'ALTER FUNCTION record_users_changes() SET search_path = elsewhere, public, pg_temp',
    'function record_users_changes',
  ],
  [
    'a guard that is off',
    'ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_are_final',
    'trigger audit_entries_are_final of audit_entries',
  ],
  [
    'a rule that swallows entries',
    'CREATE RULE swallow AS ON INSERT TO audit_entries DO INSTEAD NOTHING',
    'table audit_entries',
  ],
  [
    'a policy that hides entries',
    'ALTER TABLE audit_entries ENABLE ROW LEVEL SECURITY',
    'table audit_entries',
  ],
  [
    'a trigger that swallows entries',
    'CREATE TRIGGER swallow BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    'trigger swallow of audit_entries',
  ],
];

it.each(tamperings)('names %s', async (_, statement, guard) => {
  await using database = await createScratchDatabase('users');
  const guards = await guardsOf(database.superuserUrl, 'public', statement);
  const found = compareGuards(await expectedGuards('users'), guards);
  expect(found[0]).toMatchObject({ kind: 'guard-altered' });
  expect(found.map(({ detail }) => detail)).toContainEqual(expect.stringContaining(`The ${guard} `));
});

const foreignBuiltins: readonly (readonly [what: string, statements: string, name: string])[] = [
  [
    'a function that answers before the one that is asked',
    `CREATE FUNCTION pg_catalog.json_build_array(text, bigint) RETURNS json LANGUAGE sql RETURN '[]'::json`,
    'function json_build_array',
  ],
  [
    'an operator between types that had none',
    `CREATE FUNCTION public.never(text, bigint) RETURNS boolean LANGUAGE sql RETURN false;
     CREATE OPERATOR pg_catalog.= (LEFTARG = text, RIGHTARG = bigint, FUNCTION = public.never)`,
    'operator =',
  ],
  [
    'a cast between types that had none',
    `CREATE FUNCTION public.as_bytes(bigint) RETURNS xml LANGUAGE sql RETURN NULL::xml;
     CREATE CAST (bigint AS xml) WITH FUNCTION public.as_bytes(bigint)`,
    'cast from int8 to xml',
  ],
];

it.each(foreignBuiltins)("names %s among PostgreSQL's own, first of all", async (_, statements, name) => {
  await using trail = await createScratchTrail();
  await trail.seal();
  await trail.rows('SET allow_system_table_mods = on; ' + statements);
  expect((await verify(trail)).findings[0]).toMatchObject({
    kind: 'guard-altered',
    detail: expect.stringMatching(`^The ${name} is no part of PostgreSQL`) as string,
  });
});
