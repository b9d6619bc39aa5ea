import { parseKeySet, rotateKeySet, writeKeySet } from '@caregraph/users-subgraph/access-token-key-set';
import { decodeProtectedHeader } from 'jose';
import { readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it, vi } from 'vitest';
import { CreateUserDocument, LogInDocument, RefreshSessionDocument } from '../generated/operations.js';
import { startPlatformProcesses, type PlatformProcesses } from './platform/platform-processes.js';
import { connectRows, insertUser } from './platform/rows.js';

let platform: PlatformProcesses;

beforeAll(async () => {
  platform = await startPlatformProcesses();
  return () => platform[Symbol.asyncDispose]();
});

async function logIn() {
  await using users = await connectRows(platform.databases.users.superuserUrl);
  const administrator = await insertUser(users, 'ADMIN', 'Root', 'Ng');
  const credentials = { email: `${randomUUID()}@clinic.example`, password: 'wide river under old stone' };
  await platform.send(
    CreateUserDocument,
    { input: { ...credentials, firstName: 'Sarah', lastName: 'Chen', role: 'DOCTOR' } },
    { token: await platform.token(administrator) },
  );
  const { data } = await platform.send(LogInDocument, { input: credentials });
  if (data?.login.session == null) throw new Error(JSON.stringify(data?.login.userErrors));
  return data.login.session;
}

async function isAccepted(token: string): Promise<boolean> {
  const { data } = await platform.query<{ me: unknown }>('{ me { id } }', { token });
  return data?.me != null;
}

async function publishedKids(): Promise<unknown[]> {
  const response = await fetch(`${platform.urls.gateway}/.well-known/jwks.json`);
  return ((await response.json()) as { keys: { kid: unknown }[] }).keys.map(({ kid }) => kid);
}

it('rotates keys while requests run: none of them is refused, until a key is taken away', async () => {
  const session = await logIn();
  const old = parseKeySet(await readFile(platform.tokenKey.file, 'utf8'));
  const rotated = await rotateKeySet(old, new Date());
  await writeKeySet(platform.tokenKey.file, rotated);
  const kids = rotated.keys.map(({ kid }) => kid);

  // Refreshes and requests go on until the new key signs.
  let current: { readonly accessToken: string; readonly refreshToken: string } = session;
  while (decodeProtectedHeader(current.accessToken).kid !== kids[1]) {
    const input = { refreshToken: current.refreshToken };
    const { data } = await platform.send(RefreshSessionDocument, { input });
    if (data?.refreshSession.session == null) throw new Error('A refresh was refused.');
    current = data.refreshSession.session;
    expect([await isAccepted(current.accessToken), await isAccepted(session.accessToken)]).toEqual([
      true,
      true,
    ]);
  }
  expect(await publishedKids()).toEqual(kids);

  await writeKeySet(platform.tokenKey.file, { keys: rotated.keys.slice(1) });
  await vi.waitFor(
    async () => {
      expect(await isAccepted(session.accessToken)).toBe(false);
    },
    { timeout: 10_000, interval: 100 },
  );
  expect(await isAccepted(current.accessToken)).toBe(true);
  expect(await publishedKids()).toEqual(kids.slice(1));
});
