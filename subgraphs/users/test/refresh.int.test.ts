import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedDatabase } from '../../../test/cluster.js';
import { runStatement } from '../../../test/held-lock.js';
import { RefreshSessionDocument } from './generated/operations.js';
import {
  anonymous,
  claimsOf,
  createAccount,
  logIn,
  refresh,
  startUsers,
  viewerOfToken,
  type UsersService,
} from './users-service.js';

let users: UsersService;

beforeAll(async () => {
  users = await startUsers();
});
afterAll(() => users[Symbol.asyncDispose]());

/** Logs in to a new account. */
async function begin(service = users) {
  const account = await createAccount(service);
  const session = await logIn(service, account.email);
  return { account, token: session?.refreshToken ?? '', accessToken: session?.accessToken ?? '' };
}

/** Moves everything about an account's sessions into the past, by so many seconds. */
async function age(userId: string, seconds: number): Promise<void> {
  const past = `interval '${seconds} seconds'`;
  await runStatement(
    sharedDatabase('users').databaseUrl,
    `WITH session AS (
       UPDATE sessions SET created_at = created_at - ${past}, last_used_at = last_used_at - ${past},
         expires_at = expires_at - ${past}, renewable_until = renewable_until - ${past}
       WHERE user_id = $1 RETURNING id
     )
     UPDATE refresh_tokens SET issued_at = issued_at - ${past}, used_at = used_at - ${past},
       expires_at = expires_at - ${past}
     WHERE session_id IN (SELECT id FROM session)`,
    [Number(userId)],
  );
}

async function sessionOf(userId: string) {
  const [row] = await runStatement<{ end_reason: string | null; unused: number; salts: number }>(
    sharedDatabase('users').databaseUrl,
    `SELECT end_reason, count(*) FILTER (WHERE used_at IS NULL)::integer AS unused,
       count(successor_salt)::integer AS salts
     FROM sessions JOIN refresh_tokens ON session_id = sessions.id WHERE user_id = $1 GROUP BY sessions.id`,
    [Number(userId)],
  );
  return row;
}

describe('a refresh', () => {
  it('gives new tokens of the same session and the same user', async () => {
    const { token, accessToken, account } = await begin();
    const { data } = await users.ask(anonymous, RefreshSessionDocument, { input: { refreshToken: token } });
    const next = data.refreshSession.session;
    expect(next?.refreshToken).not.toBe(token);
    expect(await viewerOfToken(users, next?.accessToken)).toEqual(await viewerOfToken(users, accessToken));
    expect(next?.user).toEqual(account);
  });

  it.each(['', 'abc', '\0', '\ud800', 'x'.repeat(10_000)])('refuses the token %j', async (token) => {
    expect(await refresh(users, token)).toBe('INVALID_REFRESH_TOKEN');
  });

  it('gives many that use a token at once the very same successor, and the session lives', async () => {
    const { token, account } = await begin();
    const answers = await Promise.all(Array.from({ length: 16 }, () => refresh(users, token)));
    const [next] = answers;
    expect(next).not.toBe('INVALID_REFRESH_TOKEN');
    expect(new Set(answers)).toEqual(new Set([next]));
    expect(await sessionOf(account.id)).toMatchObject({ end_reason: null, unused: 1 });
    expect(await refresh(users, next)).not.toBe('INVALID_REFRESH_TOKEN');
  });

  it('ends the session when a token comes again whose successor has been used, however soon', async () => {
    const { token, account } = await begin();
    const other = await logIn(users, account.email);
    const next = await refresh(users, token);
    const last = await refresh(users, next);
    expect(await refresh(users, token)).toBe('INVALID_REFRESH_TOKEN');
    expect(await refresh(users, next)).toBe('INVALID_REFRESH_TOKEN');
    expect(await refresh(users, last)).toBe('INVALID_REFRESH_TOKEN');
    expect(await refresh(users, other?.refreshToken)).not.toBe('INVALID_REFRESH_TOKEN');
  });

  it('ends the session when a used token comes again after the grace', async () => {
    const { token, account } = await begin();
    const next = await refresh(users, token);
    await age(account.id, 9);
    expect(await refresh(users, token)).toBe(next);
    await age(account.id, 2);
    expect(await refresh(users, token)).toBe('INVALID_REFRESH_TOKEN');
    expect(await refresh(users, next)).toBe('INVALID_REFRESH_TOKEN');
    expect(await sessionOf(account.id)).toMatchObject({ end_reason: 'replayed' });
  });

  it('ends the session at any repetition where a setting leaves no grace', async () => {
    await using strict = await startUsers(undefined, { REFRESH_GRACE_SECONDS: '0' });
    const { token } = await begin(strict);
    const next = await refresh(strict, token);
    expect(await refresh(strict, token)).toBe('INVALID_REFRESH_TOKEN');
    expect(await refresh(strict, next)).toBe('INVALID_REFRESH_TOKEN');
  });

  it('forgets how to repeat an answer once its token has been used', async () => {
    const { token, account } = await begin();
    const next = await refresh(users, token);
    expect(await sessionOf(account.id)).toMatchObject({ salts: 1 });
    await refresh(users, next);
    await refresh(users, next);
    expect(await sessionOf(account.id)).toMatchObject({ salts: 1, unused: 1 });
  });
});

describe('the server’s limits', () => {
  it('refuse a token of a session that was idle for too long, whatever its age', async () => {
    await using brief = await startUsers(undefined, { SESSION_IDLE_SECONDS: '60', SESSION_SECONDS: '600' });
    const { token, account } = await begin(brief);
    await age(account.id, 59);
    const next = await refresh(brief, token);
    expect(next).not.toBe('INVALID_REFRESH_TOKEN');
    await age(account.id, 61);
    expect(await refresh(brief, next)).toBe('INVALID_REFRESH_TOKEN');
    expect(await sessionOf(account.id)).toMatchObject({ end_reason: null });
  });

  it('refuse a token of a session that has reached its age, however busy it was', async () => {
    await using brief = await startUsers(undefined, { SESSION_IDLE_SECONDS: '60', SESSION_SECONDS: '150' });
    const { token, account } = await begin(brief);
    let next = token;
    for (let round = 0; round < 3; round += 1) {
      await age(account.id, 45);
      next = await refresh(brief, next);
      expect(next).not.toBe('INVALID_REFRESH_TOKEN');
    }
    await age(account.id, 45);
    expect(await refresh(brief, next)).toBe('INVALID_REFRESH_TOKEN');
  });

  it('let no access token outlive its session', async () => {
    await using brief = await startUsers(undefined, { SESSION_IDLE_SECONDS: '60' });
    const { accessToken } = await begin(brief);
    const { exp } = await claimsOf(brief, accessToken);
    expect(exp).toBeLessThanOrEqual(Date.now() / 1_000 + 60);
  });
});
