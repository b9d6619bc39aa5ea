import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createKeySet, writeKeySet } from '@caregraph/users-subgraph/access-token-key-set';
import { demoPassword } from '@caregraph/users-subgraph/demo-logins';
import { createPasswordHasher } from '@caregraph/users-subgraph/password-hasher';
import { expect, it, onTestFinished } from 'vitest';
import { startNodeProcess } from '../../../gateway/test/e2e/platform/node-process.js';
import { createScratchDatabase, keySettings, type ScratchDatabase } from '../../../test/cluster.js';

const entry = new URL('../dist/main.js', import.meta.url);

/** What the service, started in production over a database, says instead of serving; null where it serves. */
async function refusal(
  databaseUrl: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'caregraph-users-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const keysFile = join(folder, 'keys.json');
  await writeKeySet(keysFile, await createKeySet(new Date()));
  await using users = startNodeProcess(entry, {
    NODE_ENV: 'production',
    ALLOW_PLAIN_CONNECTIONS: 'database,services',
    SERVICE_CONTEXT_SECRET: randomUUID() + randomUUID(),
    ACCESS_TOKEN_KEYS_FILE: keysFile,
    ...keySettings(),
    PASSWORD_HASH_COST: '10',
    USERS_DATABASE_URL: databaseUrl,
    USERS_PORT: '0',
    ...settings,
  });
  // Awaited here, because the process ends with this function.
  return await users
    .line(({ msg }) => msg === 'listening')
    .then(
      () => null,
      () => users.errorOutput(),
    );
}

async function insert(database: ScratchDatabase, email: string, hash: string): Promise<void> {
  const client = new Client({ connectionString: database.superuserUrl });
  await client.connect();
  await client.query(
    `INSERT INTO users (email, password_hash, first_name, last_name, role) VALUES ($1, $2, 'A', 'B', 'staff')`,
    [email, hash],
  );
  await client.end();
}

async function hash(password: string): Promise<string> {
  const hasher = await createPasswordHasher(4);
  try {
    return await hasher.hash(password);
  } finally {
    await hasher.close();
  }
}

it('refuses to serve in production while the demo’s password opens one of its accounts', async () => {
  await using database = await createScratchDatabase('users');
  await insert(database, 'nurse@hospital.com', await hash(demoPassword));
  await insert(database, 'staff@hospital.com', await hash('another password altogether'));
  expect(await refusal(database.databaseUrl)).toMatch(
    /^In production .* opens nurse@hospital\.com\.\n.*npm run reset.*\n.*other passwords.*\n.*ALLOW_DEMO_ACCOUNTS=true\.\n$/,
  );
  expect(await refusal(database.databaseUrl, { ALLOW_DEMO_ACCOUNTS: 'true' })).toBeNull();
});

it('refuses to serve in production while made-up accounts share the demo’s password', async () => {
  await using database = await createScratchDatabase('users');
  const shared = await hash(demoPassword);
  for (let n = 1; n <= 22; n += 1) await insert(database, `made-up-${n}@clinic.example`, shared);
  expect(await refusal(database.databaseUrl)).toMatch(
    /opens made-up-1@\S+, (made-up-\d+@\S+,? ){19}and 2 more\./,
  );
});

it('serves in production where the demo’s accounts have other passwords, or are closed', async () => {
  await using database = await createScratchDatabase('users');
  await insert(database, 'Admin@Hospital.com', await hash('another password altogether'));
  expect(await refusal(database.databaseUrl)).toBeNull();
});

it('says why where the database cannot be asked', async () => {
  const url = 'postgresql://users_service@127.0.0.1:1/users';
  expect(await refusal(url)).toMatch(/^Whether the demo's accounts are still open cannot be found out: /);
});

it('names every setting that production refuses', async () => {
  const message = await refusal('postgresql://users_service:users_service@127.0.0.1/users', {
    ALLOW_PLAIN_CONNECTIONS: '',
    SERVICE_CONTEXT_SECRET: 'change-me'.repeat(4),
    PASSWORD_HASH_COST: '9',
    LOG_LEVEL: 'loud',
  });
  const named = [...(message ?? '').matchAll(/^ {2}- (\w+): /gm)].map(([, name]) => name);
  expect(named.sort()).toEqual([
    'LOG_LEVEL',
    'PASSWORD_HASH_COST',
    'SERVICE_CONTEXT_SECRET',
    'TLS_CERT_FILE',
    'USERS_DATABASE_URL',
    'USERS_DATABASE_URL',
  ]);
});
