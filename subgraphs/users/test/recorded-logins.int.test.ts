import type { Client, Viewer } from '@caregraph/service-kit';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedDatabase } from '../../../test/cluster.js';
import { holdLock, runStatement } from '../../../test/held-lock.js';
import {
  DeactivateUserDocument,
  LoginDocument,
  LogoutDocument,
  RefreshSessionDocument,
} from './generated/operations.js';
import { changesOf, entriesOf, eventsOf, recordedClient, textOf } from './recorded-entries.js';
import {
  administrator,
  anonymous,
  createAccount,
  password,
  startUsers,
  viewerOfToken,
  type UsersService,
} from './users-service.js';

const { databaseUrl } = sharedDatabase('users');
let users: UsersService;

beforeAll(async () => {
  users = await startUsers();
});
afterAll(() => users[Symbol.asyncDispose]());

async function logIn(client: Client, email: string | null, secret = password) {
  const input = { email: email ?? '', password: secret };
  return (await users.ask(anonymous, LoginDocument, { input }, client)).data.login;
}

async function refresh(client: Client, refreshToken: string | undefined) {
  const input = { refreshToken: refreshToken ?? '' };
  return (await users.ask(anonymous, RefreshSessionDocument, { input }, client)).data.refreshSession.session
    ?.refreshToken;
}

/** A new account with a session, and who its holder is. */
async function begin() {
  const account = await createAccount(users, { role: 'NURSE' });
  const { session } = await logIn(recordedClient(), account.email);
  const viewer = await viewerOfToken(users, session?.accessToken);
  return { account, viewer, refreshToken: session?.refreshToken };
}

function actorOf({ id, role, sessionId }: Extract<Viewer, { kind: 'user' }>) {
  return { kind: 'user', id, role, name: null, session: sessionId };
}

const nobody = { kind: 'anonymous', id: null, role: null, name: null, session: null };

describe('the trail of a login', () => {
  it('names who logged in, the session and the client, also where it begins to be kept', async () => {
    const client = recordedClient();
    const account = await createAccount(users, { role: 'NURSE' });
    const { session } = await logIn(client, account.email);
    const viewer = await viewerOfToken(users, session?.accessToken);
    const entries = await entriesOf(client);
    expect(entries.at(-1)).toEqual({
      source: 'service',
      action: 'login',
      outcome: 'success',
      code: null,
      type: 'UserSession',
      ids: [viewer.sessionId],
      count: 1,
      fields: [],
      operation: 'Mutation.login',
      actor: actorOf(viewer),
      userAgent: client.userAgent,
    });
    expect(await changesOf(client)).toEqual([
      'create sessions',
      'create refresh_tokens',
      'create login_devices',
    ]);
    for (const { actor } of entries) expect(actor).toEqual(actorOf(viewer));
    const requests = await runStatement(
      databaseUrl,
      'SELECT DISTINCT request_id FROM audit_entries WHERE address = $1 AND attestation IS NOT NULL',
      [client.address],
    );
    expect(requests).toHaveLength(1);
  });

  it('tells of a wrong password whose account it was for, and of an unknown address no more than that', async () => {
    const { id, email } = await createAccount(users);
    const [mine, theirs] = [recordedClient(), recordedClient()];
    await logIn(mine, email, 'wrong');
    await logIn(theirs, `${randomUUID()}@example.com`, 'wrong');
    const failure = {
      source: 'service',
      action: 'login',
      outcome: 'failure',
      code: 'INVALID_CREDENTIALS',
      fields: [],
      operation: 'Mutation.login',
      userAgent: 'Ward tablet',
      actor: { ...nobody, name: expect.stringMatching(/^[\w-]{22}$/) as string },
    };
    expect(await entriesOf(mine)).toEqual([{ ...failure, type: 'User', ids: [id], count: 1 }]);
    expect(await entriesOf(theirs)).toEqual([{ ...failure, type: null, ids: [], count: 0 }]);
  });

  it('holds nothing of what was typed, and shows which attempts belong together', async () => {
    const client = recordedClient();
    const typed = 'Hunter2-typed-into-the-wrong-box';
    await logIn(client, typed, 'Another-secret-of-mine');
    await logIn(client, typed.toUpperCase(), '');
    await logIn(client, `${typed}!`, '');
    const text = await textOf(client);
    expect(text).toContain('INVALID_CREDENTIALS');
    expect(text).not.toMatch(/hunter2|wrong-box|secret/i);
    const [one, same, other] = (await entriesOf(client)).map(({ actor }) => actor.name);
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });

  it('has each attempt that came too early', async () => {
    const client = recordedClient();
    const { email } = await createAccount(users);
    for (let attempt = 0; attempt < 4; attempt += 1) await logIn(client, email, 'wrong');
    const codes = (await eventsOf(client)).map(({ code }) => code);
    expect(codes).toEqual([...Array<string>(3).fill('INVALID_CREDENTIALS'), 'TOO_MANY_ATTEMPTS']);
  });

  it('tells of a closed account apart whether the password was right, which the client is not told', async () => {
    const client = recordedClient();
    const { id, email } = await createAccount(users);
    await users.ask(administrator, DeactivateUserDocument, { input: { id } });
    expect(await logIn(client, email)).toEqual(await logIn(client, email, 'wrong'));
    expect((await entriesOf(client)).map(({ code, ids }) => [code, ids])).toEqual([
      ['ACCOUNT_CLOSED', [id]],
      ['INVALID_CREDENTIALS', [id]],
    ]);
  });

  it('has it as failed where the password changed while it was compared', async () => {
    const client = recordedClient();
    const { id, email } = await createAccount(users);
    await using change = await holdLock(
      databaseUrl,
      "UPDATE users SET password_hash = password_hash || '?' WHERE id = $1",
      [Number(id)],
    );
    const attempt = logIn(client, email);
    await change.isWaitedForBefore(attempt);
    await change.commit();
    expect((await attempt).session).toBeNull();
    expect(await entriesOf(client)).toMatchObject([{ code: 'INVALID_CREDENTIALS', ids: [id] }]);
  });
});

describe('the trail of a refresh', () => {
  it('names the session’s user, in its changes too', async () => {
    const { viewer, refreshToken } = await begin();
    const client = recordedClient();
    await refresh(client, refreshToken);
    expect(await eventsOf(client)).toMatchObject([
      { action: 'refresh-session', outcome: 'success', type: 'UserSession', ids: [viewer.sessionId] },
    ]);
    expect((await changesOf(client)).sort()).toEqual([
      'create refresh_tokens',
      'update refresh_tokens used_at,successor_salt',
      'update sessions last_used_at,renewable_until',
    ]);
    for (const { actor } of await entriesOf(client)) expect(actor).toEqual(actorOf(viewer));
  });

  it('has an answer that was given once more as one entry', async () => {
    const { viewer, refreshToken } = await begin();
    const client = recordedClient();
    const next = await refresh(recordedClient(), refreshToken);
    expect(await refresh(client, refreshToken)).toBe(next);
    expect(await entriesOf(client)).toMatchObject([{ outcome: 'success', actor: actorOf(viewer) }]);
  });

  it('raises an alert at a replay, and ascribes the end of the session to whoever came with it', async () => {
    const { account, viewer, refreshToken } = await begin();
    await refresh(recordedClient(), await refresh(recordedClient(), refreshToken));
    const client = recordedClient();
    expect(await refresh(client, refreshToken)).toBeUndefined();
    expect(await changesOf(client)).toEqual([
      'update sessions ended_at,end_reason,tokens_revoked_at,replay_address,replay_user_agent',
    ]);
    expect(await eventsOf(client)).toMatchObject([
      { action: 'refresh-session', outcome: 'failure', code: 'TOKEN_REPLAYED', ids: [viewer.sessionId] },
      { action: 'security-alert', code: 'TOKEN_REPLAYED', type: 'User', ids: [account.id] },
    ]);
    for (const { actor } of await entriesOf(client)) expect(actor).toEqual(nobody);
  });

  it('raises an alert at a replay after the session’s end too, but not where the answer was just given', async () => {
    const { account, viewer, refreshToken } = await begin();
    const client = recordedClient();
    await refresh(recordedClient(), refreshToken);
    await users.ask(viewer, LogoutDocument, { input: {} });
    await refresh(client, refreshToken);
    await runStatement(
      databaseUrl,
      "UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds' WHERE session_id = $1",
      [viewer.sessionId],
    );
    await refresh(client, refreshToken);
    expect(await entriesOf(client)).toMatchObject([
      { action: 'refresh-session', code: 'SESSION_OVER', ids: [viewer.sessionId] },
      { action: 'refresh-session', code: 'TOKEN_REPLAYED', ids: [viewer.sessionId] },
      { action: 'security-alert', code: 'TOKEN_REPLAYED', ids: [account.id] },
    ]);
  });

  it('tells a session that is over from a token that nobody knows, and keeps neither token', async () => {
    const { viewer, refreshToken } = await begin();
    await users.ask(viewer, LogoutDocument, { input: {} });
    const client = recordedClient();
    await refresh(client, refreshToken);
    await refresh(client, 'a token of nobody');
    expect(await entriesOf(client)).toMatchObject([
      { outcome: 'failure', code: 'SESSION_OVER', type: 'UserSession', ids: [viewer.sessionId] },
      { outcome: 'failure', code: 'UNKNOWN_TOKEN', type: null, ids: [] },
    ]);
    const text = await textOf(client);
    expect(text).not.toContain(refreshToken);
    expect(text).not.toContain('a token of nobody');
  });
});
