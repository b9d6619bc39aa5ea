import type { Viewer } from '@caregraph/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedDatabase } from '../../../test/cluster.js';
import { holdLock, runStatement } from '../../../test/held-lock.js';
import type { Answer } from '../../../test/subgraph-client.js';
import {
  ChangePasswordDocument,
  CreateUserDocument,
  DeactivateUserDocument,
  LogoutDocument,
  ResetPasswordDocument,
  RevokeAllSessionsDocument,
  RevokeSessionDocument,
  UpdateUserDocument,
  type AccountFieldsFragment,
} from './generated/operations.js';
import {
  administrator,
  claimsOf,
  createAccount,
  logIn,
  newAccount,
  password,
  refresh,
  renew,
  startUsers,
  viewerOfToken,
  type UsersService,
} from './users-service.js';

let users: UsersService;
const { databaseUrl } = sharedDatabase('users');

beforeAll(async () => {
  users = await startUsers();
});
afterAll(() => users[Symbol.asyncDispose]());

/** A new account with two sessions. */
async function logInTwice() {
  const account = await createAccount(users, { role: 'NURSE' });
  const [one, other] = [await logIn(users, account.email), await logIn(users, account.email)];
  const viewer = await viewerOfToken(users, one?.accessToken);
  const otherId = (await viewerOfToken(users, other?.accessToken)).sessionId;
  return { account, one, other, viewer, oneId: viewer.sessionId, otherId };
}

type Sessions = Awaited<ReturnType<typeof logInTwice>>;

function changeRole({ id }: Pick<AccountFieldsFragment, 'id'>, role: 'DOCTOR' | 'NURSE') {
  return users.ask(administrator, UpdateUserDocument, { input: { id, role } });
}

describe('gateways are told', () => {
  it('nothing of a session that lasts', async () => {
    const { oneId, otherId } = await logInTwice();
    const revoked = await users.revoked();
    expect([revoked.has(oneId), revoked.has(otherId)]).toEqual([false, false]);
  });

  it.each<[string, (sessions: Sessions) => Promise<unknown>, one: number | null, other?: number | null]>([
    ['a logout', ({ viewer }) => users.ask(viewer, LogoutDocument, { input: {} }), null],
    [
      'a revocation',
      ({ viewer, oneId }) => users.ask(viewer, RevokeSessionDocument, { input: { id: oneId } }),
      null,
    ],
    [
      'a revocation of all',
      ({ viewer }) => users.ask(viewer, RevokeAllSessionsDocument, { input: {} }),
      null,
      null,
    ],
    [
      'a closed account',
      ({ account: { id } }) => users.ask(administrator, DeactivateUserDocument, { input: { id } }),
      null,
      null,
    ],
    [
      'a password from an administrator',
      ({ account: { id } }) =>
        users.ask(administrator, ResetPasswordDocument, {
          input: { id, newPassword: `another ${password}` },
        }),
      null,
      null,
    ],
    [
      'a password of one’s own, after which this session needs another access token',
      ({ viewer }) =>
        users.ask(viewer, ChangePasswordDocument, {
          input: { currentPassword: password, newPassword: `another ${password}` },
        }),
      1,
      null,
    ],
    [
      'another role, after which all need another access token',
      ({ account }) => changeRole(account, 'DOCTOR'),
      1,
      1,
    ],
    [
      'a replay',
      async ({ one }) => {
        await refresh(users, await refresh(users, one?.refreshToken));
        await refresh(users, one?.refreshToken);
      },
      null,
    ],
  ])('%s', async (_, revoke, one, other) => {
    const sessions = await logInTwice();
    await revoke(sessions);
    const revoked = await users.revoked();
    expect([revoked.get(sessions.oneId), revoked.get(sessions.otherId)]).toEqual([one, other]);
  });

  it('nothing of a change that keeps the role', async () => {
    const { account, oneId } = await logInTwice();
    const { data } = await changeRole(account, 'NURSE');
    expect(data.updateUser.userErrors).toEqual([]);
    expect((await users.revoked()).has(oneId)).toBe(false);
  });

  it('what an access token of the time may outlive, also after their life was made shorter', async () => {
    await using brief = await startUsers(databaseUrl, { ACCESS_TOKEN_SECONDS: '30' });
    const { viewer, oneId } = await logInTwice();
    await users.ask(viewer, LogoutDocument, { input: {} });
    const revokedMinutesAgo = (minutes: number) =>
      runStatement(
        databaseUrl,
        'UPDATE sessions SET tokens_revoked_at = ended_at - make_interval(mins => $2) WHERE id = $1',
        [oneId, minutes],
      );
    await revokedMinutesAgo(58);
    for (const service of [users, brief]) expect((await service.revoked()).get(oneId)).toBeNull();
    await revokedMinutesAgo(62);
    for (const service of [users, brief]) expect((await service.revoked()).has(oneId)).toBe(false);
  });
});

describe('a session that goes on', () => {
  it('gives tokens with the new role after a refresh', async () => {
    const { account, one } = await logInTwice();
    await changeRole(account, 'DOCTOR');
    const next = await refreshedClaims(one?.refreshToken);
    expect(next).toMatchObject({ role: 'DOCTOR', session_epoch: 1 });
  });

  it('gives good tokens after the own password has changed', async () => {
    const { one, viewer } = await logInTwice();
    const input = { currentPassword: password, newPassword: `another ${password}` };
    await users.ask(viewer, ChangePasswordDocument, { input });
    expect(await refreshedClaims(one?.refreshToken)).toMatchObject({ session_epoch: 1 });
  });
});

describe('while a role changes', () => {
  const newRole = "UPDATE users SET role = 'doctor' WHERE id = $1";

  it('a login that has compared the password gets the new role', async () => {
    const account = await createAccount(users, { role: 'NURSE' });
    await using change = await holdLock(databaseUrl, newRole, [Number(account.id)]);
    const attempt = logIn(users, account.email);
    await change.isWaitedForBefore(attempt);
    await change.commit();
    const session = await attempt;
    expect(session?.user?.role).toBe('DOCTOR');
    expect(await claimsOf(users, session?.accessToken)).toMatchObject({ role: 'DOCTOR' });
  });

  it('a refresh gets the new role, in the new epoch', async () => {
    const { account, one } = await logInTwice();
    await using change = await holdLock(
      databaseUrl,
      `WITH account AS (${newRole} RETURNING id)
       UPDATE sessions SET token_epoch = 1 FROM account WHERE user_id = account.id`,
      [Number(account.id)],
    );
    const attempt = refreshedClaims(one?.refreshToken);
    await change.isWaitedForBefore(attempt);
    await change.commit();
    expect(await attempt).toMatchObject({ role: 'DOCTOR', session_epoch: 1 });
  });

  it('the session of a login that is not committed yet is reached', async () => {
    const account = await createAccount(users, { role: 'NURSE' });
    await using login = await holdLock(
      databaseUrl,
      `WITH account AS (SELECT id FROM users WHERE id = $1 FOR SHARE)
       INSERT INTO sessions (user_id, expires_at, renewable_until)
       SELECT id, LOCALTIMESTAMP + interval '1 hour', LOCALTIMESTAMP + interval '1 hour' FROM account`,
      [Number(account.id)],
    );
    const change = changeRole(account, 'DOCTOR');
    await login.isWaitedForBefore(change);
    await login.commit();
    await change;
    const [session] = await runStatement<{ id: string }>(
      databaseUrl,
      'SELECT id FROM sessions WHERE user_id = $1',
      [Number(account.id)],
    );
    expect((await users.revoked()).get(session?.id ?? '')).toBe(1);
  });
});

it('is for gateways only', async () => {
  await expect(users.revoked('patients')).rejects.toThrow();
});

async function refreshedClaims(refreshToken: string | undefined) {
  const { session } = await renew(users, refreshToken);
  return claimsOf(users, session?.accessToken);
}

describe('what a session asks that has ended by the time it is carried out', () => {
  it.each<[string, (viewer: Viewer, account: AccountFieldsFragment) => Promise<Answer<unknown>>]>([
    [
      'a new account',
      (viewer, { email }) =>
        users.ask(viewer, CreateUserDocument, {
          input: newAccount({ role: 'ADMIN', firstName: `By ${email ?? ''}` }),
        }),
    ],
    [
      'a password of its own',
      (viewer) =>
        users.ask(viewer, ChangePasswordDocument, {
          input: { currentPassword: password, newPassword: `another ${password}` },
        }),
    ],
    [
      'a password for somebody',
      (viewer, { id }) =>
        users.ask(viewer, ResetPasswordDocument, { input: { id, newPassword: `another ${password}` } }),
    ],
    [
      'another role for somebody',
      (viewer, { id }) => users.ask(viewer, UpdateUserDocument, { input: { id, role: 'STAFF' } }),
    ],
    ['a closed account', (viewer, { id }) => users.ask(viewer, DeactivateUserDocument, { input: { id } })],
  ])('%s is refused, and changes nothing', async (_, ask) => {
    const own = await createAccount(users, { role: 'ADMIN' });
    const somebody = await createAccount(users, { role: 'NURSE' });
    const viewer = await viewerOfToken(users, (await logIn(users, own.email))?.accessToken);
    await users.ask(administrator, RevokeAllSessionsDocument, { input: { userId: own.id } });
    const rows = () =>
      runStatement(
        databaseUrl,
        'SELECT id, role, version FROM users WHERE id = ANY ($1) OR first_name = $2',
        [[own.id, somebody.id], `By ${somebody.email ?? ''}`],
      );
    const before = await rows();
    const { errors } = await ask(viewer, somebody);
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['UNAUTHENTICATED']);
    expect(await rows()).toEqual(before);
  });
});
