import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedDatabase } from '../../../test/cluster.js';
import { runStatement } from '../../../test/held-lock.js';
import {
  ListSessionsDocument,
  LogoutDocument,
  RevokeAllSessionsDocument,
  RevokeSessionDocument,
  type ListSessionsQueryVariables,
} from './generated/operations.js';
import type { Viewer } from '@caregraph/service-kit';
import {
  administrator,
  anonymous,
  createAccount,
  logIn,
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

async function list(viewer: Viewer, variables: ListSessionsQueryVariables = {}) {
  const { data, errors } = await users.ask(viewer, ListSessionsDocument, variables);
  expect(errors).toBeUndefined();
  return data.sessions;
}

async function idsOf(viewer: Viewer, variables: ListSessionsQueryVariables = {}) {
  return (await list(viewer, variables))?.edges.map(({ node }) => node.id);
}

/** An account with three sessions, the first of which is the viewer's; their ids, the latest first. */
async function logInThrice() {
  const account = await createAccount(users);
  const first = await logIn(users, account.email);
  const viewer = await viewerOfToken(users, first?.accessToken);
  const ids = [viewer.sessionId];
  for (let login = 0; login < 2; login += 1) {
    const session = await logIn(users, account.email);
    ids.unshift((await viewerOfToken(users, session?.accessToken)).sessionId);
  }
  return { account, viewer, ids, refreshToken: first?.refreshToken };
}

describe('the list of sessions', () => {
  it('shows one’s own, the latest first, and which of them asks', async () => {
    const { account, viewer, ids } = await logInThrice();
    const sessions = await list(viewer);
    expect(sessions?.edges.map(({ node }) => [node.id, node.isCurrent])).toEqual([
      [ids[0], false],
      [ids[1], false],
      [ids[2], true],
    ]);
    expect(sessions?.totalCount).toBe(3);
    const [newest] = sessions?.edges ?? [];
    expect(newest?.node).toMatchObject({ user: { id: account.id }, endedAt: null, endReason: null });
    const lifetime = Date.parse(newest?.node.expiresAt ?? '') - Date.parse(newest?.node.createdAt ?? '');
    expect(Math.round(lifetime / 60_000)).toBe(120);
  });

  it('goes on after each page, also among logins of one millisecond', async () => {
    const { account, viewer, ids } = await logInThrice();
    await runStatement(
      sharedDatabase('users').databaseUrl,
      `UPDATE sessions SET created_at = date_trunc('second', created_at)
         + array_position($2::uuid[], id) * interval '-1 microsecond' WHERE user_id = $1`,
      [Number(account.id), ids],
    );
    const pages: (string | undefined)[] = [];
    let after: string | null = null;
    do {
      const page = await list(viewer, { first: 1, after });
      pages.push(page?.edges[0]?.node.id);
      after = page?.pageInfo.hasNextPage === true ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(pages).toEqual([...ids].sort(byCreation(await creations(ids))));
  });

  it('shows what has ended, and why, when asked', async () => {
    const { viewer, ids, refreshToken } = await logInThrice();
    await users.ask(viewer, LogoutDocument, { input: { refreshToken: refreshToken ?? '' } });
    expect(await idsOf(viewer)).toEqual(ids.slice(0, 2));
    expect(await idsOf(viewer, { filter: { isActive: null } })).toEqual(ids);
    const ended = await list(viewer, { filter: { isActive: false } });
    expect(ended?.edges.map(({ node }) => [node.id, node.endReason])).toEqual([[ids[2], 'LOGOUT']]);
    expect(ended?.totalCount).toBe(1);
  });

  it('counts those as over that were idle for too long', async () => {
    const { account, viewer, ids } = await logInThrice();
    await runStatement(
      sharedDatabase('users').databaseUrl,
      "UPDATE sessions SET renewable_until = LOCALTIMESTAMP - interval '1 second' WHERE user_id = $1 AND id <> $2",
      [Number(account.id), ids[0]],
    );
    expect(await idsOf(viewer)).toEqual([ids[0]]);
    expect(await idsOf(viewer, { filter: { isActive: false } })).toEqual(ids.slice(1));
  });

  it('is anyone’s for administrators, and nobody else’s for others', async () => {
    const { account, ids } = await logInThrice();
    const stranger = viewerOf(await createAccount(users));
    expect(await idsOf(administrator, { userId: account.id })).toEqual(ids);
    expect(await list(stranger, { userId: account.id })).toMatchObject({ edges: [], totalCount: 0 });
    expect(await idsOf(administrator)).toEqual([]);
    for (const userId of ['abc', '-1', '99999999999999']) {
      expect(await idsOf(administrator, { userId })).toEqual([]);
    }
  });

  it.each([btoa('["yesterday","x"]'), btoa(`["2026-01-01 00:00:00'","${randomUUID()}"]`), 'x'])(
    'refuses the cursor %s',
    async (after) => {
      const { errors } = await users.ask(administrator, ListSessionsDocument, { after });
      expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['BAD_USER_INPUT']);
    },
  );

  it('needs an access token', async () => {
    const { errors } = await users.ask(anonymous, ListSessionsDocument, {});
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['UNAUTHENTICATED']);
  });
});

describe('revoking a session', () => {
  it('ends one’s own, for good', async () => {
    const { viewer, ids, refreshToken } = await logInThrice();
    const input = { id: viewer.sessionId };
    const ended = { userSession: { id: ids[2], endReason: 'REVOKED', isCurrent: true }, userErrors: [] };
    expect((await users.ask(viewer, RevokeSessionDocument, { input })).data.revokeSession).toEqual(ended);
    expect(await refresh(users, refreshToken)).toBe('INVALID_REFRESH_TOKEN');
    expect(await idsOf(viewer)).toEqual(ids.slice(0, 2));
    expect((await users.ask(viewer, RevokeSessionDocument, { input })).data.revokeSession).toEqual(ended);
  });

  it('leaves one that has ended as it ended', async () => {
    const { viewer } = await logInThrice();
    await users.ask(viewer, LogoutDocument, { input: {} });
    const { data } = await users.ask(viewer, RevokeSessionDocument, { input: { id: viewer.sessionId } });
    expect(data.revokeSession.userSession).toMatchObject({ endReason: 'LOGOUT' });
  });

  it('ends anyone’s for administrators', async () => {
    const { ids } = await logInThrice();
    const input = { id: ids[1] ?? '' };
    const { data } = await users.ask(administrator, RevokeSessionDocument, { input });
    expect(data.revokeSession.userSession).toMatchObject({ id: ids[1], endReason: 'REVOKED' });
  });

  it('finds nothing of others, as where there is nothing', async () => {
    const { ids, viewer } = await logInThrice();
    const stranger = viewerOf(await createAccount(users));
    for (const id of [ids[0] ?? '', randomUUID(), 'abc', '\0']) {
      const { data } = await users.ask(stranger, RevokeSessionDocument, { input: { id } });
      expect(data.revokeSession).toEqual({
        userSession: null,
        userErrors: [{ code: 'NOT_FOUND', field: ['id'] }],
      });
    }
    expect(await idsOf(viewer)).toEqual(ids);
  });
});

describe('revoking all sessions', () => {
  it('ends one’s own, with or without the one that asks', async () => {
    const { viewer, ids } = await logInThrice();
    const revokeAll = async (keepCurrent?: boolean) => {
      const input = keepCurrent === undefined ? {} : { keepCurrent };
      return (await users.ask(viewer, RevokeAllSessionsDocument, { input })).data.revokeAllSessions;
    };
    expect(await revokeAll(true)).toEqual({ revokedCount: 2, userErrors: [] });
    expect(await idsOf(viewer)).toEqual([ids[2]]);
    expect(await revokeAll()).toEqual({ revokedCount: 1, userErrors: [] });
    expect(await idsOf(viewer)).toEqual([]);
  });

  it('ends anyone’s for administrators, and nobody else’s for others', async () => {
    const { account, viewer, ids } = await logInThrice();
    const stranger = viewerOf(await createAccount(users));
    const input = { userId: account.id };
    const refused = { revokedCount: null, userErrors: [{ code: 'NOT_FOUND', field: ['userId'] }] };
    const revokeAll = async (asker: Viewer, userId: string) =>
      (await users.ask(asker, RevokeAllSessionsDocument, { input: { userId } })).data.revokeAllSessions;
    expect(await revokeAll(stranger, input.userId)).toEqual(refused);
    expect(await revokeAll(administrator, 'abc')).toEqual(refused);
    expect(await revokeAll(administrator, '2147483647')).toEqual(refused);
    expect(await idsOf(viewer)).toEqual(ids);
    expect(await revokeAll(administrator, input.userId)).toEqual({ revokedCount: 3, userErrors: [] });
  });
});

async function creations(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await runStatement<{ id: string; at: string }>(
    sharedDatabase('users').databaseUrl,
    'SELECT id, created_at::text AS at FROM sessions WHERE id = ANY ($1)',
    [ids],
  );
  return new Map(rows.map(({ id, at }) => [id, `${at} ${id}`]));
}

/** The latest first. */
function byCreation(times: ReadonlyMap<string, string>): (one: string, other: string) => number {
  return (one, other) => ((times.get(one) ?? '') < (times.get(other) ?? '') ? 1 : -1);
}
