import { createPasswordHasher } from '@caregraph/users-subgraph/password-hasher';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedDatabase } from '../../../test/cluster.js';
import { holdLock, runStatement } from '../../../test/held-lock.js';
import { userViewer } from '../../../test/subgraph-client.js';
import {
  ChangePasswordDocument,
  DeactivateUserDocument,
  GetMeDocument,
  LoginDocument,
  LogoutDocument,
  ReactivateUserDocument,
  ResetPasswordDocument,
} from './generated/operations.js';
import {
  administrator,
  anonymous,
  createAccount,
  logIn,
  password,
  refresh,
  startUsers,
  viewerOf,
  viewerOfToken,
  type UsersService,
} from './users-service.js';

let users: UsersService;

beforeAll(async () => {
  users = await startUsers();
});
afterAll(() => users[Symbol.asyncDispose]());

describe('a login', () => {
  it('is refused when the password changes while it is being compared', async () => {
    const account = await createAccount(users);
    await using change = await holdLock(
      sharedDatabase('users').databaseUrl,
      "UPDATE users SET password_hash = password_hash || '?' WHERE id = $1",
      [Number(account.id)],
    );
    const attempt = logIn(users, account.email);
    await change.isWaitedForBefore(attempt);
    await change.commit();
    expect(await attempt).toBeNull();
  });

  it('answers the user and a token that the published keys verify', async () => {
    const account = await createAccount(users, { role: 'DOCTOR' });
    const input = { email: account.email?.toUpperCase() ?? '', password };
    const { data, errors } = await users.ask(anonymous, LoginDocument, { input });
    expect(errors).toBeUndefined();
    expect(data.login).toMatchObject({ session: { user: account }, userErrors: [] });
    const lifetime = Date.parse(data.login.session?.expiresAt ?? '') - Date.now();
    expect(lifetime).toBeGreaterThan(500_000);
    expect(lifetime).toBeLessThanOrEqual(600_000);
    const viewer = await viewerOfToken(users, data.login.session?.accessToken);
    expect(viewer).toMatchObject({ id: Number(account.id), role: 'DOCTOR' });
    expect((await users.ask(viewer, GetMeDocument, {})).data.me).toEqual(account);
  });

  it('answers the same for an unknown address, a wrong password and an inactive account', async () => {
    const account = await createAccount(users);
    const inactive = await createAccount(users);
    await users.ask(administrator, DeactivateUserDocument, { input: { id: inactive.id } });
    const attempts = [
      { email: 'nobody@example.com', password },
      { email: account.email ?? '', password: 'incorrect horse' },
      { email: account.email ?? '', password: '' },
      { email: inactive.email ?? '', password },
      { email: `${account.email ?? ''}\0`, password },
      { email: '\ud800', password: '\udc00' },
      { email: '', password: 'x'.repeat(100_000) },
    ];
    for (const input of attempts) {
      const { data, errors } = await users.ask(anonymous, LoginDocument, { input });
      expect(errors).toBeUndefined();
      expect(data.login).toEqual({
        session: null,
        userErrors: [
          {
            code: 'INVALID_CREDENTIALS',
            field: null,
            message: 'E-mail and password do not belong together.',
            retryAfterSeconds: null,
          },
        ],
      });
    }
  });

  it('counts every byte of a password, beyond the 72 that bcrypt reads', async () => {
    const long = Array.from({ length: 20 }, (_, at) => `élan ${at}`).join(' ');
    const { email } = await createAccount(users, { password: `${long}x` });
    expect(await logIn(users, email, `${long}y`)).toBeNull();
    expect(await logIn(users, email, long)).toBeNull();
    expect(await logIn(users, email, `${long}x`)).not.toBeNull();
  });

  it('keeps no token and no password in the database', async () => {
    const account = await createAccount(users);
    const session = await logIn(users, account.email);
    const rows = await runStatement(
      sharedDatabase('users').databaseUrl,
      `SELECT row_to_json(users)::text || row_to_json(sessions)::text || row_to_json(refresh_tokens)::text AS kept
       FROM users JOIN sessions ON user_id = users.id JOIN refresh_tokens ON session_id = sessions.id
       WHERE users.id = $1`,
      [account.id],
    );
    const kept = JSON.stringify(rows);
    expect(kept).toContain('$2');
    expect(kept).not.toContain(password);
    expect(kept).not.toContain(session?.refreshToken);
  });
});

describe('a logout', () => {
  it('ends the session of a refresh token, used or not', async () => {
    const { email } = await createAccount(users);
    const session = await logIn(users, email);
    const viewer = await viewerOfToken(users, (await logIn(users, email))?.accessToken);
    const next = await refresh(users, session?.refreshToken);
    const input = { refreshToken: session?.refreshToken ?? '' };
    const { data } = await users.ask(viewer, LogoutDocument, { input });
    expect(data.logout).toEqual({ userErrors: [] });
    expect(await refresh(users, next)).toBe('INVALID_REFRESH_TOKEN');
  });

  it('leaves the sessions of others alone', async () => {
    const [mine, theirs] = [await createAccount(users), await createAccount(users)];
    const viewer = await viewerOfToken(users, (await logIn(users, mine.email))?.accessToken);
    const session = await logIn(users, theirs.email);
    await users.ask(viewer, LogoutDocument, { input: { refreshToken: session?.refreshToken ?? '' } });
    expect(await refresh(users, session?.refreshToken)).not.toBe('INVALID_REFRESH_TOKEN');
  });

  it('ends the session of the access token, and no other', async () => {
    const { email } = await createAccount(users);
    const [ended, other] = [await logIn(users, email), await logIn(users, email)];
    const viewer = await viewerOfToken(users, ended?.accessToken);
    await users.ask(viewer, LogoutDocument, { input: {} });
    expect(await refresh(users, ended?.refreshToken)).toBe('INVALID_REFRESH_TOKEN');
    expect(await refresh(users, other?.refreshToken)).not.toBe('INVALID_REFRESH_TOKEN');
  });

  it('needs an access token', async () => {
    const { errors } = await users.ask(anonymous, LogoutDocument, { input: {} });
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['UNAUTHENTICATED']);
  });

  it('is content with a token that nobody knows', async () => {
    const { email } = await createAccount(users);
    const viewer = await viewerOfToken(users, (await logIn(users, email))?.accessToken);
    const { data } = await users.ask(viewer, LogoutDocument, { input: { refreshToken: '\0' } });
    expect(data.logout).toEqual({ userErrors: [] });
  });
});

describe('a new password', () => {
  it('of one’s own ends the other sessions and keeps this one', async () => {
    const account = await createAccount(users);
    const [mine, other] = [await logIn(users, account.email), await logIn(users, account.email)];
    const viewer = await viewerOfToken(users, mine?.accessToken);
    const input = { currentPassword: password, newPassword: 'another good password' };
    const { data } = await users.ask(viewer, ChangePasswordDocument, { input });
    expect(data.changePassword).toMatchObject({ user: { id: account.id }, userErrors: [] });
    expect(await refresh(users, other?.refreshToken)).toBe('INVALID_REFRESH_TOKEN');
    expect(await refresh(users, mine?.refreshToken)).not.toBe('INVALID_REFRESH_TOKEN');
    expect(await logIn(users, account.email)).toBeNull();
    expect(await logIn(users, account.email, 'another good password')).not.toBeNull();
  });

  it('of one’s own needs the old one, and keeps the rules', async () => {
    const account = await createAccount(users);
    const change = async (currentPassword: string, newPassword: string) => {
      const input = { currentPassword, newPassword };
      const { data } = await users.ask(viewerOf(account), ChangePasswordDocument, { input });
      return data.changePassword.userErrors;
    };
    expect(await change('wrong password', 'another good password')).toMatchObject([
      { code: 'INVALID_CREDENTIALS', field: ['currentPassword'] },
    ]);
    const tooLong = 'gravel teapot moon '.repeat(13) + 'and sea sand';
    for (const weak of [
      'gravel teapot!',
      'x'.repeat(20),
      tooLong,
      'a NUL that is in it \0',
      'a lone \ud800 surrogate',
    ]) {
      expect(await change(password, weak)).toMatchObject([{ code: 'INVALID_INPUT', field: ['newPassword'] }]);
    }
    expect(await logIn(users, account.email)).not.toBeNull();
  });

  it.each([
    ['is given another one', "UPDATE users SET password_hash = 'from an administrator' WHERE id = $1"],
    ['is closed', 'UPDATE users SET is_active = false WHERE id = $1'],
  ])('of one’s own does not come about when the account %s meanwhile', async (_, statement) => {
    const { databaseUrl } = sharedDatabase('users');
    const account = await createAccount(users);
    await using change = await holdLock(databaseUrl, statement, [Number(account.id)]);
    const input = { currentPassword: password, newPassword: 'another good password' };
    const attempt = users.ask(viewerOf(account), ChangePasswordDocument, { input });
    await change.isWaitedForBefore(attempt);
    await change.commit();
    expect((await attempt).data.changePassword).toMatchObject({
      user: null,
      userErrors: [{ code: 'INVALID_CREDENTIALS', field: ['currentPassword'] }],
    });
    // The version is raised by each update: there was none but the one that came first.
    const kept = await runStatement(databaseUrl, 'SELECT version FROM users WHERE id = $1', [account.id]);
    expect(kept).toEqual([{ version: 2 }]);
  });

  it('of one’s own comes about when a login hashes the old one anew meanwhile', async () => {
    const { databaseUrl } = sharedDatabase('users');
    const account = await createAccount(users);
    const hasher = await createPasswordHasher(5);
    const rehashed = await hasher.hash(password).finally(() => hasher.close());
    await using login = await holdLock(databaseUrl, 'UPDATE users SET password_hash = $2 WHERE id = $1', [
      Number(account.id),
      rehashed,
    ]);
    const input = { currentPassword: password, newPassword: 'another good password' };
    const attempt = users.ask(viewerOf(account), ChangePasswordDocument, { input });
    await login.isWaitedForBefore(attempt);
    await login.commit();
    expect((await attempt).data.changePassword).toMatchObject({ user: { id: account.id }, userErrors: [] });
    expect(await logIn(users, account.email, 'another good password')).not.toBeNull();
  });

  it('from an administrator ends all sessions', async () => {
    const account = await createAccount(users);
    const token = (await logIn(users, account.email))?.refreshToken;
    const reset = (version: number, newPassword: string) =>
      users.ask(administrator, ResetPasswordDocument, { input: { id: account.id, version, newPassword } });
    expect((await reset(7, 'another good password')).data.resetPassword.userErrors).toEqual([
      { code: 'STALE_VERSION', field: ['version'] },
    ]);
    expect((await reset(1, 'short')).data.resetPassword.userErrors).toEqual([
      { code: 'INVALID_INPUT', field: ['newPassword'] },
    ]);
    expect(await logIn(users, account.email)).not.toBeNull();
    expect((await reset(1, 'another good password')).data.resetPassword).toEqual({
      user: { id: account.id, version: 2 },
      userErrors: [],
    });
    expect(await refresh(users, token)).toBe('INVALID_REFRESH_TOKEN');
    expect(await logIn(users, account.email)).toBeNull();
    expect(await logIn(users, account.email, 'another good password')).not.toBeNull();
  });

  it('is not for an account that does not exist', async () => {
    const input = { currentPassword: password, newPassword: 'another good password' };
    const { data } = await users.ask(userViewer('DOCTOR'), ChangePasswordDocument, { input });
    expect(data.changePassword).toMatchObject({ user: null, userErrors: [{ code: 'INVALID_CREDENTIALS' }] });
  });
});

describe('an account that is closed', () => {
  it('has no session any more, also when it is opened again', async () => {
    const account = await createAccount(users);
    const token = (await logIn(users, account.email))?.refreshToken;
    await users.ask(administrator, DeactivateUserDocument, { input: { id: account.id } });
    expect(await refresh(users, token)).toBe('INVALID_REFRESH_TOKEN');
    await users.ask(administrator, ReactivateUserDocument, { input: { id: account.id } });
    expect(await refresh(users, token)).toBe('INVALID_REFRESH_TOKEN');
    expect(await logIn(users, account.email)).not.toBeNull();
  });
});
