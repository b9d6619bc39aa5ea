import { EventEmitter, once } from 'node:events';
import { expect, test } from 'vitest';
import { createScratchDatabase } from '../../../test/cluster.js';
import { migrate, MigrationError, readStatus, rollback, type MigrationStep } from '../src/index.js';
import { readCatalogue } from './catalogue.js';
import { connect } from './connect.js';
import { migrationsFolder, type MigrationsFolder } from './migrations-folder.js';

const first = '20260101000000_first';
const second = '20260102000000_second';
const third = '20260103000000_third';

/** Two good migrations, each with its reversal. */
async function twoMigrations(): Promise<MigrationsFolder> {
  const folder = await migrationsFolder();
  await folder.write(first, 'CREATE TABLE one (id INTEGER);', 'DROP TABLE one;');
  await folder.write(second, 'CREATE TABLE two (id INTEGER);', 'DROP TABLE two;');
  return folder;
}

function settings(migrationUrl: string, folder: MigrationsFolder) {
  return { service: 'users', runtimeRole: 'users_owner', migrationUrl, directory: folder.path } as const;
}

/** The sentences of the refusal that an attempt must end in. */
async function refusalOf(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof MigrationError)) throw new Error('There was no refusal', { cause: error });
  return error.message;
}

test('refuses an edited migration, a missing one and a late one, all by name, and changes nothing', async () => {
  await using database = await createScratchDatabase('users', { empty: true });
  await using folder = await twoMigrations();
  await using owner = await connect(database.migrationUrl);
  const options = settings(database.migrationUrl, folder);
  await migrate(options);
  const before = await readCatalogue(owner);

  await folder.write(first, 'CREATE TABLE one (id BIGINT);');
  await folder.remove(second);
  await folder.write('20260101120000_late', 'CREATE TABLE late (id INTEGER);');
  await folder.write(third, 'CREATE TABLE three (id INTEGER);');

  const sentences = [
    `users/migrations/${first} was edited after it was applied. Restore it, and write the change as a new migration.`,
    'users/migrations/20260101120000_late is not applied, but a later one is. Give it a later timestamp.',
    `users/migrations/${second} is applied, but its folder is missing. Restore it.`,
    'Nothing was changed.',
  ].join('\n');
  expect(await refusalOf(migrate(options))).toBe(sentences);
  expect(await refusalOf(rollback({ ...options, steps: 1 }))).toBe(sentences);
  expect(await readCatalogue(owner)).toEqual(before);
  expect((await readStatus(options)).map(({ version, state }) => [version, state])).toEqual([
    [first, 'edited'],
    ['20260101120000_late', 'late'],
    [second, 'missing'],
    [third, 'pending'],
  ]);
});

test('names the file, the place and the reason of a failing migration, and leaves nothing of it', async () => {
  await using database = await createScratchDatabase('users', { empty: true });
  await using folder = await twoMigrations();
  await using owner = await connect(database.migrationUrl);
  const options = settings(database.migrationUrl, folder);
  await folder.write(third, 'CREATE TABLE three (id INTEGER);\n\nALTER TABLE nought ADD COLUMN x INTEGER;\n');

  expect(await refusalOf(migrate(options))).toMatch(
    /^users\/migrations\/20260103000000_third\/migration\.sql failed.*: relation "nought" does not exist$/,
  );
  expect((await readStatus(options)).map(({ state }) => state)).toEqual(['applied', 'applied', 'pending']);
  expect((await readCatalogue(owner)).has('table three')).toBe(false);

  await folder.write(third, 'CREATE TABLE three (id INTEGER);\n  SELEC 1;');
  expect(await refusalOf(migrate(options))).toContain(
    'failed at line 2, column 3: syntax error at or near "SELEC"',
  );

  await folder.write(third, 'CREATE TABLE three (id INTEGER);');
  expect(await migrate(options)).toEqual([third]);
});

test('refuses a script that would end its own transaction', async () => {
  await using database = await createScratchDatabase('users', { empty: true });
  await using folder = await migrationsFolder();
  await folder.write(first, 'CREATE TABLE one (id INTEGER);\nCOMMIT;\n');
  expect(await refusalOf(migrate(settings(database.migrationUrl, folder)))).toMatch(/ends the transaction/);
});

test('refuses to revert before anything is changed when a down.sql is missing or fewer are applied', async () => {
  await using database = await createScratchDatabase('users', { empty: true });
  await using folder = await migrationsFolder();
  await folder.write(first, 'CREATE TABLE one (id INTEGER);');
  await folder.write(second, 'CREATE TABLE two (id INTEGER);', 'DROP TABLE two;');
  const options = settings(database.migrationUrl, folder);
  await migrate(options);
  expect(await refusalOf(rollback({ ...options, steps: 2 }))).toBe(
    `users/migrations/${first} has no down.sql, so it cannot be reverted. Nothing was changed.`,
  );
  expect(await refusalOf(rollback({ ...options, steps: 3 }))).toBe(
    'The users database has 2 migrations to revert, not 3. Nothing was changed.',
  );
  expect((await readStatus(options)).map(({ state }) => state)).toEqual(['applied', 'applied']);
});

test('keeps a failing reversal out, and those before it done', async () => {
  await using database = await createScratchDatabase('users', { empty: true });
  await using folder = await twoMigrations();
  const options = settings(database.migrationUrl, folder);
  await migrate(options);
  await folder.write(first, 'CREATE TABLE one (id INTEGER);', 'DROP TABLE one; DROP TABLE nought;');
  expect(await refusalOf(rollback({ ...options, steps: 2 }))).toContain(`${first}/down.sql failed`);
  expect((await readStatus(options)).map(({ state }) => state)).toEqual(['applied', 'pending']);
  await using owner = await connect(database.migrationUrl);
  expect((await readCatalogue(owner)).has('table one')).toBe(true);
});

test('runs a migration outside a transaction when its first line says so, and remembers when that fails', async () => {
  await using database = await createScratchDatabase('users', { empty: true });
  await using folder = await twoMigrations();
  const options = settings(database.migrationUrl, folder);
  await folder.write(third, '-- outside a transaction\nCREATE INDEX CONCURRENTLY one_id ON one (id);');
  await migrate(options);
  await using owner = await connect(database.migrationUrl);
  expect((await readCatalogue(owner)).has('index one_id')).toBe(true);

  const fourth = '20260104000000_fourth';
  await folder.write(fourth, '-- outside a transaction\nCREATE INDEX CONCURRENTLY no_id ON nought (id);');
  expect(await refusalOf(migrate(options))).toContain('relation "nought" does not exist');
  expect(await refusalOf(migrate(options))).toMatch(
    new RegExp(`^users/migrations/${fourth} failed half-way\\.`),
  );
});

test('two at once apply each migration once, and the second says that it waits', async () => {
  await using database = await createScratchDatabase('users', { empty: true });
  await using folder = await twoMigrations();
  const options = settings(database.migrationUrl, folder);
  await using other = await connect(database.migrationUrl);
  await other.query('SELECT pg_advisory_lock(72707369)');

  const waiting: MigrationStep[] = [];
  const attention = new EventEmitter();
  const bothWait = once(attention, 'both wait');
  const onStep = (step: MigrationStep): void => {
    if (step.kind === 'waiting') waiting.push(step);
    if (waiting.length === 2) attention.emit('both wait');
  };
  const attempts = [migrate({ ...options, onStep }), migrate({ ...options, onStep })];
  await bothWait;
  await other.query('SELECT pg_advisory_unlock(72707369)');
  const applied = (await Promise.all(attempts)).sort((a, b) => b.length - a.length);
  expect(applied).toEqual([[first, second], []]);
  expect(waiting[0]).toEqual({
    kind: 'waiting',
    message: 'Another process is migrating this database; waiting for it to finish.',
  });
});

test('gives up when somebody else migrates for too long', async () => {
  await using database = await createScratchDatabase('users', { empty: true });
  await using folder = await twoMigrations();
  await using other = await connect(database.migrationUrl);
  await other.query('SELECT pg_advisory_lock(72707369)');
  expect(await refusalOf(migrate({ ...settings(database.migrationUrl, folder), lockTimeout: 1 }))).toBe(
    'Another process has been migrating this database for more than 0 s. Nothing was changed.',
  );
});

test('says that the runtime role does not exist', async () => {
  await using database = await createScratchDatabase('users', { empty: true });
  await using folder = await twoMigrations();
  const options = { ...settings(database.migrationUrl, folder), runtimeRole: 'no"body' };
  expect(await refusalOf(migrate(options))).toBe(
    'The role "no"body" does not exist; create it before migrating.',
  );
});
