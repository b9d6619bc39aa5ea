import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPrisma, type PrismaOutcome } from '@caregraph/prisma-offline';
import { expect, test } from 'vitest';
import { createScratchDatabase } from '../../../test/cluster.js';
import { checkDrift, migrate, readStatus, rollback, services } from '../src/index.js';
import { serviceDirectory, type Service } from '../src/services.js';
import { readCatalogue } from './catalogue.js';
import { connect } from './connect.js';
import { versionsOf } from './migrations-folder.js';

/** Loaded into every Node process of a run: names of other machines are not found, and the attempt is told. */
const noNetwork = `data:text/javascript,${encodeURIComponent(`
  import dns from 'node:dns';
  import { syncBuiltinESMExports } from 'node:module';
  const { lookup } = dns;
  dns.lookup = (host, ...rest) => {
    if (['localhost', '127.0.0.1'].includes(host)) return lookup(host, ...rest);
    process.stderr.write('LOOKED UP ' + host + '\\n');
    rest.at(-1)(Object.assign(new Error('getaddrinfo ENOTFOUND ' + host), { code: 'ENOTFOUND' }));
  };
  syncBuiltinESMExports();
`)}`;

/** Runs Prisma's command line for one service, on a machine that reaches nothing but itself. */
function prismaWithoutNetwork(service: Service, args: string[], migrationUrl = ''): Promise<PrismaOutcome> {
  const config = join(serviceDirectory(service), 'prisma.config.ts');
  return runPrisma([...args, '--config', config], {
    env: { [`${service.toUpperCase()}_MIGRATION_URL`]: migrationUrl, NODE_OPTIONS: `--import ${noNetwork}` },
    output: 'collect',
  });
}

test('generates a client without a network', async () => {
  const service = 'users';
  const folder = await mkdtemp(join(tmpdir(), 'caregraph-generate-'));
  try {
    const copy = join(folder, 'prisma', service, 'schema.prisma');
    await mkdir(join(folder, 'prisma', service), { recursive: true });
    await cp(join(serviceDirectory(service), 'schema.prisma'), copy);
    const { exitCode, output } = await prismaWithoutNetwork(service, ['generate', '--schema', copy]);
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(output).not.toContain('LOOKED UP');
    const generated = await readdir(join(folder, 'subgraphs', service, 'src', 'generated', 'prisma'));
    expect(generated).toContain('client.ts');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('migrate status agrees with the migrator, behind and after a way down and up', async () => {
  await using database = await createScratchDatabase('users', { empty: true });
  const { migrationUrl } = database;
  const options = { service: 'users', migrationUrl, runtimeRole: 'users_service' } as const;
  const status = (): Promise<PrismaOutcome> =>
    prismaWithoutNetwork('users', ['migrate', 'status'], migrationUrl);

  await migrate(options);
  await rollback({ ...options, steps: 2 });
  const between = await status();
  expect(between.exitCode).toBe(1);
  expect(between.output).toContain('have not yet been applied');
  expect(between.output).toContain((await versionsOf('users')).at(-1));

  await migrate(options);
  const after = await status();
  expect(after.output).toContain('Database schema is up to date!');
  expect(after.exitCode).toBe(0);
  expect(after.output).not.toContain('LOOKED UP');
});

test('the migrator goes on where migrate deploy stopped, over the same table of migrations', async () => {
  await using byPrisma = await createScratchDatabase('patients', { empty: true });
  await using byUs = await createScratchDatabase('patients', { empty: true });
  const deployed = await prismaWithoutNetwork('patients', ['migrate', 'deploy'], byPrisma.migrationUrl);
  expect(deployed).toMatchObject({ exitCode: 0 });
  const options = { service: 'patients', runtimeRole: 'patients_service' } as const;
  expect(await migrate({ ...options, migrationUrl: byPrisma.migrationUrl })).toEqual([]);
  await migrate({ ...options, migrationUrl: byUs.migrationUrl });

  await using prismas = await connect(byPrisma.migrationUrl);
  await using ours = await connect(byUs.migrationUrl);
  expect(await readCatalogue(prismas)).toEqual(await readCatalogue(ours));
  const records = `SELECT migration_name, checksum, finished_at IS NULL AS unfinished, logs, rolled_back_at, applied_steps_count
    FROM _prisma_migrations ORDER BY migration_name`;
  expect(await prismas.query(records)).toEqual(await ours.query(records));
  expect(
    (await readStatus({ ...options, migrationUrl: byPrisma.migrationUrl })).map(({ state }) => state),
  ).toEqual((await versionsOf('patients')).map(() => 'applied'));
});

test.each(services)('a migrated %s database has not drifted from its Prisma schema', async (service) => {
  await using database = await createScratchDatabase(service, { empty: true });
  const { migrationUrl } = database;
  await migrate({ service, migrationUrl, runtimeRole: `${service}_service` });
  expect(await checkDrift({ service, migrationUrl })).toEqual({ drifted: false, differences: '' });
});

test('a column that was added by hand is drift', async () => {
  await using database = await createScratchDatabase('appointments', { empty: true });
  const { migrationUrl } = database;
  await migrate({ service: 'appointments', migrationUrl, runtimeRole: 'appointments_service' });
  await using owner = await connect(migrationUrl);
  await owner.query('ALTER TABLE appointments ADD COLUMN colour VARCHAR(20)');
  const { drifted, differences } = await checkDrift({ service: 'appointments', migrationUrl });
  expect(drifted).toBe(true);
  expect(differences).toContain('colour');
});

test('a drift check of a database that is not there says so', async () => {
  await using database = await createScratchDatabase('users', { empty: true });
  const migrationUrl = database.migrationUrl.replace(database.name, 'no_such_database');
  await expect(checkDrift({ service: 'users', migrationUrl })).rejects.toThrow(/no_such_database/);
});

test('the migrations replay in a shadow database and end in the Prisma schema', async () => {
  await using database = await createScratchDatabase('users', { empty: true });
  // Only a superuser of the scratch cluster may create databases.
  const { exitCode, output } = await prismaWithoutNetwork(
    'users',
    [
      'migrate',
      'diff',
      '--exit-code',
      '--from-migrations',
      join(serviceDirectory('users'), 'migrations'),
      '--to-schema',
      join(serviceDirectory('users'), 'schema.prisma'),
    ],
    database.superuserUrl,
  );
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
});
