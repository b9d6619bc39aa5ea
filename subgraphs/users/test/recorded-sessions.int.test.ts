import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  ListSessionsDocument,
  LogoutDocument,
  RevokeAllSessionsDocument,
  RevokeSessionDocument,
} from './generated/operations.js';
import { changesOf, entriesOf, eventsOf, recordedClient } from './recorded-entries.js';
import {
  administrator,
  createAccount,
  logIn,
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

/** An account with two sessions, one of which is the viewer's. */
async function begin() {
  const account = await createAccount(users);
  const viewer = await viewerOfToken(users, (await logIn(users, account.email))?.accessToken);
  const other = await viewerOfToken(users, (await logIn(users, account.email))?.accessToken);
  return { account, viewer, other };
}

const ended = 'update sessions ended_at,end_reason,tokens_revoked_at';

it('a logout leaves which session it ended, or that there was none any more', async () => {
  const { viewer } = await begin();
  const client = recordedClient();
  for (let time = 0; time < 2; time += 1) await users.ask(viewer, LogoutDocument, { input: {} }, client);
  expect(await changesOf(client)).toEqual([ended]);
  expect(await eventsOf(client)).toMatchObject([
    { action: 'logout', outcome: 'success', type: 'UserSession', ids: [viewer.sessionId] },
    { action: 'logout', outcome: 'not-found', ids: [] },
  ]);
});

it('a revocation leaves whose session it was, by whom, and which it was', async () => {
  const { account, other } = await begin();
  const client = recordedClient();
  const input = { id: other.sessionId };
  for (let time = 0; time < 2; time += 1) {
    await users.ask(administrator, RevokeSessionDocument, { input }, client);
  }
  const [change, ...events] = await entriesOf(client);
  expect(change).toMatchObject({ source: 'trigger', type: 'sessions', ids: [other.sessionId] });
  const revocation = { action: 'revoke-session', outcome: 'success', type: 'User', ids: [account.id] };
  expect(events).toMatchObject([
    { ...revocation, count: 1 },
    { ...revocation, count: 0 },
  ]);
  for (const { actor } of [change, ...events].flatMap((entry) => entry ?? [])) {
    expect(actor).toMatchObject({ kind: 'user', id: administrator.id, role: 'ADMIN' });
  }
});

it('a revocation of all sessions leaves whose they were, and how many', async () => {
  const { account, viewer, other } = await begin();
  const client = recordedClient();
  const input = { keepCurrent: true };
  await users.ask(viewer, RevokeAllSessionsDocument, { input }, client);
  expect(await entriesOf(client)).toMatchObject([
    { type: 'sessions', ids: [other.sessionId] },
    { action: 'revoke-session', type: 'User', ids: [account.id], count: 1 },
  ]);
});

it('a revocation of what the viewer may not see is no more than a record that is not there', async () => {
  const { other } = await begin();
  const stranger = viewerOf(await createAccount(users));
  const client = recordedClient();
  await users.ask(stranger, RevokeSessionDocument, { input: { id: other.sessionId } }, client);
  expect(await entriesOf(client)).toMatchObject([
    { action: 'execute', outcome: 'not-found', operation: 'Mutation.revokeSession', ids: [other.sessionId] },
  ]);
});

it('a look at somebody else’s sessions leaves which were shown; one at the own leaves nothing', async () => {
  const { account, viewer, other } = await begin();
  const client = recordedClient();
  const variables = { userId: account.id, filter: { isActive: true } };
  await users.ask(viewer, ListSessionsDocument, {}, client);
  await users.ask(viewer, ListSessionsDocument, variables, client);
  expect(await entriesOf(client)).toEqual([]);
  await users.ask(administrator, ListSessionsDocument, variables, client);
  await users.ask(viewerOf(await createAccount(users)), ListSessionsDocument, variables, client);
  expect(await entriesOf(client)).toMatchObject([
    {
      action: 'search',
      outcome: 'success',
      type: 'UserSession',
      ids: [other.sessionId, viewer.sessionId],
      fields: ['userId', 'filter.isActive'],
      actor: { id: administrator.id },
    },
    { action: 'search', outcome: 'denied', type: 'UserSession', ids: [], actor: { role: 'DOCTOR' } },
  ]);
});
