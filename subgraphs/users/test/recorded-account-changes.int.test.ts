import { afterAll, beforeAll, expect, it } from 'vitest';
import { userViewer } from '../../../test/subgraph-client.js';
import {
  ChangePasswordDocument,
  CreateUserDocument,
  DeactivateUserDocument,
  ReactivateUserDocument,
  ResetPasswordDocument,
  UpdateUserDocument,
} from './generated/operations.js';
import { changesOf, entriesOf, eventsOf, recordedClient, textOf } from './recorded-entries.js';
import {
  administrator,
  createAccount,
  logIn,
  newAccount,
  password,
  startUsers,
  viewerOfToken,
  type UsersService,
} from './users-service.js';

let users: UsersService;

beforeAll(async () => {
  users = await startUsers();
});
afterAll(() => users[Symbol.asyncDispose]());

const nextPassword = 'another good password';

it('a change of the own password leaves whose, and that the hash has changed, and no hash', async () => {
  const account = await createAccount(users);
  const viewer = await viewerOfToken(users, (await logIn(users, account.email))?.accessToken);
  await logIn(users, account.email);
  const client = recordedClient();
  const input = { currentPassword: password, newPassword: nextPassword };
  await users.ask(viewer, ChangePasswordDocument, { input }, client);
  expect(await changesOf(client)).toEqual([
    'update users password_hash',
    'update sessions ended_at,end_reason,tokens_revoked_at',
    'update sessions token_epoch,tokens_revoked_at',
  ]);
  expect(await eventsOf(client)).toMatchObject([
    { action: 'change-password', outcome: 'success', code: null, type: 'User', ids: [account.id] },
  ]);
  for (const { actor } of await entriesOf(client)) {
    expect(actor).toMatchObject({ id: viewer.id, session: viewer.sessionId });
  }
  expect(await textOf(client)).not.toMatch(/\$2|horse|good password/);
});

it('a change of the own password that failed leaves why', async () => {
  const account = await createAccount(users);
  const viewer = await viewerOfToken(users, (await logIn(users, account.email))?.accessToken);
  const client = recordedClient();
  const input = { currentPassword: 'not the current password', newPassword: nextPassword };
  for (let attempt = 0; attempt < 4; attempt += 1) {
    await users.ask(viewer, ChangePasswordDocument, { input }, client);
  }
  const codes = (await entriesOf(client)).map(({ action, outcome, code }) => [action, outcome, code]);
  expect(codes).toEqual([
    ...Array<string[]>(3).fill(['change-password', 'failure', 'INVALID_CREDENTIALS']),
    ['change-password', 'failure', 'TOO_MANY_ATTEMPTS'],
  ]);
});

it('a password that an administrator gives leaves whose it was, and what ended with it', async () => {
  const account = await createAccount(users);
  await logIn(users, account.email);
  const client = recordedClient();
  const input = { id: account.id, newPassword: nextPassword };
  await users.ask(administrator, ResetPasswordDocument, { input }, client);
  expect(await changesOf(client)).toEqual([
    'update users password_hash',
    'update sessions ended_at,end_reason,tokens_revoked_at',
    'delete login_devices',
  ]);
  expect((await entriesOf(client)).at(-1)).toMatchObject({
    action: 'change-password',
    outcome: 'success',
    operation: 'Mutation.resetPassword',
    ids: [account.id],
    actor: { id: administrator.id, role: 'ADMIN' },
  });
});

it('what administrators change of accounts leaves the columns, and no value', async () => {
  const client = recordedClient();
  const account = newAccount({ firstName: 'Wilhelmina', role: 'NURSE' });
  const { data } = await users.ask(administrator, CreateUserDocument, { input: account }, client);
  const id = data.createUser.user?.id ?? '';
  const input = { id, role: 'STAFF', lastName: 'Featherstone' } as const;
  await users.ask(administrator, UpdateUserDocument, { input }, client);
  await users.ask(administrator, DeactivateUserDocument, { input: { id } }, client);
  await users.ask(administrator, ReactivateUserDocument, { input: { id } }, client);
  expect(await changesOf(client)).toEqual([
    'create users',
    'update users last_name,role',
    'update users is_active',
    'update users is_active',
  ]);
  for (const { ids, actor } of await entriesOf(client)) {
    expect({ ids, actor: actor.id }).toEqual({ ids: [id], actor: administrator.id });
  }
  expect(await textOf(client)).not.toMatch(/Wilhelmina|Featherstone|@example/);
});

it('a change that was refused leaves who tried it, and no change', async () => {
  const account = await createAccount(users);
  const client = recordedClient();
  await users.ask(userViewer('NURSE'), DeactivateUserDocument, { input: { id: account.id } }, client);
  await users.ask(administrator, DeactivateUserDocument, { input: { id: '2147483647' } }, client);
  expect(await entriesOf(client)).toMatchObject([
    { action: 'execute', outcome: 'denied', operation: 'Mutation.deactivateUser', actor: { role: 'NURSE' } },
    { action: 'execute', outcome: 'not-found', ids: ['2147483647'], actor: { role: 'ADMIN' } },
  ]);
});
