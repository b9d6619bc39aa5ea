import type { Role } from '@caregraph/service-kit';
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  ChangePasswordDocument,
  CreateUserDocument,
  DeactivateUserDocument,
  LogInDocument,
  LogOutDocument,
  RefreshSessionDocument,
  ResetPasswordDocument,
  RevokeAllSessionsDocument,
  RevokeSessionDocument,
  SessionsDocument,
  UpdateUserDocument,
} from '../generated/operations.js';
import { startPlatformProcesses, type PlatformProcesses } from './platform/platform-processes.js';
import { connectRows, insertUser, type UserRow } from './platform/rows.js';

const password = 'wide river under old stone';
const newPassword = 'old stone under wide river';

let platform: PlatformProcesses;
let administrator: UserRow;

beforeAll(async () => {
  platform = await startPlatformProcesses();
  await using users = await connectRows(platform.databases.users.superuserUrl);
  administrator = await insertUser(users, 'ADMIN', 'Root', 'Ng');
  return () => platform[Symbol.asyncDispose]();
});

interface Account {
  readonly id: string;
  readonly email: string;
}

interface Login {
  readonly accessToken: string;
  readonly refreshToken: string;
}

async function createAccount(role: Role): Promise<Account> {
  const email = `${randomUUID()}@clinic.example`;
  const input = { email, password, firstName: 'Sarah', lastName: 'Chen', role };
  const { data } = await platform.send(CreateUserDocument, { input }, await asAdministrator());
  const { user, userErrors } = data?.createUser ?? {};
  if (user == null) throw new Error(JSON.stringify(userErrors));
  return { id: user.id, email };
}

async function logIn({ email }: Account): Promise<Login> {
  const { data } = await platform.send(LogInDocument, { input: { email, password } });
  if (data?.login.session == null) throw new Error(JSON.stringify(data?.login.userErrors));
  return data.login.session;
}

async function refresh(refreshToken: string): Promise<Login | null> {
  const { data } = await platform.send(RefreshSessionDocument, { input: { refreshToken } });
  return data?.refreshSession.session ?? null;
}

async function asAdministrator(): Promise<{ token: string }> {
  return { token: await platform.token(administrator) };
}

/** What each of the three services says to a token: `ok`, or the code of its error. */
async function answersTo({ accessToken }: Login): Promise<unknown[]> {
  const requests = ['{ me { id } }', '{ patients { totalCount } }', '{ appointments { totalCount } }'];
  const answers = await Promise.all(requests.map((query) => platform.query(query, { token: accessToken })));
  return answers.map(({ errors }) => errors?.[0]?.extensions?.['code'] ?? 'ok');
}

const accepted = ['ok', 'ok', 'ok'];
const refused = ['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED'];

/** Waits until all services refuse a token, for as long as that may take: five seconds. */
async function expectRefusal(login: Login): Promise<void> {
  await vi.waitFor(
    async () => {
      expect(await answersTo(login)).toEqual(refused);
    },
    { timeout: 5_000, interval: 50 },
  );
}

interface Scene {
  readonly account: Account;
  readonly mine: Login;
  readonly other: Login;
}

type Outcome = 'goes on' | 'needs another access token' | 'has ended';

async function expectOutcome(login: Login, outcome: Outcome): Promise<void> {
  if (outcome === 'goes on') expect(await answersTo(login)).toEqual(accepted);
  else await expectRefusal(login);
  const next = await refresh(login.refreshToken);
  if (outcome === 'has ended') expect(next).toBeNull();
  else expect(next === null ? null : await answersTo(next)).toEqual(accepted);
}

describe('within five seconds every service refuses the access tokens', () => {
  it.each<[string, (scene: Scene) => Promise<unknown>, mine: Outcome, other: Outcome]>([
    [
      'of a session that was logged out',
      ({ mine }) => platform.send(LogOutDocument, { input: {} }, { token: mine.accessToken }),
      'has ended',
      'goes on',
    ],
    [
      'of a session that its user revoked in another',
      async ({ mine, other }) => {
        const token = other.accessToken;
        const { data } = await platform.send(SessionsDocument, {}, { token });
        const found = data?.sessions?.edges.find(({ node }) => !node.isCurrent);
        expect(found?.node).toMatchObject({ address: '127.0.0.1', userAgent: 'node' });
        expect(await answersTo(mine)).toEqual(accepted);
        await platform.send(RevokeSessionDocument, { input: { id: found?.node.id ?? '' } }, { token });
      },
      'has ended',
      'goes on',
    ],
    [
      'of all sessions that an administrator revoked',
      async ({ account }) =>
        platform.send(RevokeAllSessionsDocument, { input: { userId: account.id } }, await asAdministrator()),
      'has ended',
      'has ended',
    ],
    [
      'of the other sessions, and this one’s older ones, when a user chose a new password',
      ({ mine }) =>
        platform.send(
          ChangePasswordDocument,
          { input: { currentPassword: password, newPassword } },
          { token: mine.accessToken },
        ),
      'needs another access token',
      'has ended',
    ],
    [
      'of all sessions of a user who was given a password',
      async ({ account: { id } }) =>
        platform.send(ResetPasswordDocument, { input: { id, newPassword } }, await asAdministrator()),
      'has ended',
      'has ended',
    ],
    [
      'with an earlier role',
      async ({ account: { id } }) =>
        platform.send(UpdateUserDocument, { input: { id, role: 'STAFF' } }, await asAdministrator()),
      'needs another access token',
      'needs another access token',
    ],
    [
      'of a closed account',
      async ({ account: { id } }) =>
        platform.send(DeactivateUserDocument, { input: { id } }, await asAdministrator()),
      'has ended',
      'has ended',
    ],
  ])('%s', async (_, revoke, mine, other) => {
    const account = await createAccount('DOCTOR');
    const scene = { account, mine: await logIn(account), other: await logIn(account) };
    const bystander = await logIn(await createAccount('DOCTOR'));
    expect(await answersTo(scene.mine)).toEqual(accepted);
    expect(await answersTo(scene.other)).toEqual(accepted);
    await revoke(scene);
    await expectOutcome(scene.mine, mine);
    await expectOutcome(scene.other, other);
    expect(await answersTo(bystander)).toEqual(accepted);
  });

  it('of a session whose refresh token was replayed, and tells of it without the token', async () => {
    const account = await createAccount('DOCTOR');
    const [stolen, other] = [await logIn(account), await logIn(account)];
    const next = await refresh(stolen.refreshToken);
    const last = next === null ? null : await refresh(next.refreshToken);
    if (last === null) throw new Error('A refresh was refused.');
    expect(await answersTo(last)).toEqual(accepted);
    expect(await refresh(stolen.refreshToken)).toBeNull();
    await expectRefusal(last);
    await expectRefusal(stolen);
    expect(await refresh(last.refreshToken)).toBeNull();
    expect(await answersTo(other)).toEqual(accepted);

    const alert = await platform
      .process('users')
      .line(({ securityAlert, userId }) => securityAlert !== undefined && userId === Number(account.id));
    expect(alert).toMatchObject({
      level: 40,
      securityAlert: 'refresh_token_replayed',
      client: { address: '127.0.0.1', userAgent: 'node' },
    });
    const output = platform.process('users').output();
    for (const { refreshToken } of [stolen, last]) expect(output).not.toContain(refreshToken);
    expect(await platform.metrics('users')).toMatch(
      /^caregraph_security_alerts_total\{kind="refresh_token_replayed",service="users"\} 1$/m,
    );
    await using users = await connectRows(platform.databases.users.superuserUrl);
    const kept = `SELECT count(*) FROM sessions WHERE user_id = $1 AND end_reason = 'replayed'
      AND replay_address = '127.0.0.1' AND replay_user_agent = 'node'`;
    expect(await users.number(kept, [account.id])).toBe(1);
  });
});

describe('while the users service is away', () => {
  it('the other services go on, and refuse everybody once they have not heard of revocations for too long', async () => {
    const login = await logIn(await createAccount('DOCTOR'));
    platform.process('users').signal('SIGKILL');
    await platform.process('users').exit;
    expect(await answersTo(login)).toEqual(['DOWNSTREAM_SERVICE_ERROR', 'ok', 'ok']);
    await platform.restart('users');

    platform.process('gateway').signal('SIGTERM');
    await platform.restart('gateway', { REVOCATION_OUTAGE_SECONDS: '1' });
    expect(await answersTo(login)).toEqual(accepted);
    platform.process('users').signal('SIGKILL');
    await platform.process('users').exit;
    await vi.waitFor(
      async () => {
        const { status, errors } = await platform.query('{ patients { totalCount } }', {
          token: login.accessToken,
        });
        expect(status).toBe(503);
        expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['DOWNSTREAM_SERVICE_ERROR']);
      },
      { timeout: 10_000, interval: 50 },
    );
    expect((await fetch(`${platform.urls.gateway}/health/ready`)).status).toBe(503);
    const keys = await fetch(`${platform.urls.gateway}/.well-known/jwks.json`);
    expect([keys.status, await keys.json()]).toMatchObject([
      503,
      { errors: [{ extensions: { code: 'DOWNSTREAM_SERVICE_ERROR' } }] },
    ]);
    await platform.restart('users');
    expect(await answersTo(login)).toEqual(accepted);
  });
});
