import { createSubgraphSchema, type Viewer } from '@caregraph/service-kit';
import { beforeAll, describe, expect, it } from 'vitest';
import { findArgumentProblems, textArguments } from '../../../test/hostile/argument-problems.js';
import { hostileTexts } from '../../../test/hostile/hostile-texts.js';
import { textFieldsOfMutations } from '../../../test/hostile/input-leaves.js';
import { searchesOf } from '../../../test/hostile/searches.js';
import { signedSender } from '../../../test/hostile/signed-request.js';
import { fieldsOf, type TextMutation } from '../../../test/hostile/text-attempts.js';
import { findTextProblems } from '../../../test/hostile/text-problems.js';
import { checked, given, required, sought } from '../../../test/hostile/text-rules.js';
import {
  administrator,
  anonymous,
  createAccount,
  logIn,
  newAccount,
  password,
  startUsers,
  viewerOf,
  type UsersService,
} from './users-service.js';
import { CreateUserDocument, type AccountFieldsFragment } from './generated/operations.js';

const schema = createSubgraphSchema(new URL('../schema.graphql', import.meta.url), {});
let users: UsersService;
let account: AccountFieldsFragment;
let accountToLogIn: AccountFieldsFragment;

beforeAll(async () => {
  users = await startUsers();
  account = await createAccount(users);
  accountToLogIn = await createAccount(users);

  return () => users[Symbol.asyncDispose]();
});

const mutations: TextMutation[] = [
  {
    name: 'createUser',
    rules: { email: checked, password: given, firstName: required(100), lastName: required(100) },
    input: () => ({ ...newAccount() }),
  },
  {
    name: 'updateUser',
    rules: { id: sought, email: checked, firstName: required(100), lastName: required(100) },
    input: () => ({ id: account.id }),
  },
  {
    name: 'changePassword',
    rules: { currentPassword: sought, newPassword: given },
    input: () => ({ currentPassword: 'not the current password', newPassword: password }),
  },
  {
    name: 'resetPassword',
    rules: { id: sought, newPassword: given },
    input: () => ({ id: account.id, newPassword: password }),
  },
  { name: 'deactivateUser', rules: { id: sought }, input: () => ({ id: account.id }) },
  { name: 'reactivateUser', rules: { id: sought }, input: () => ({ id: account.id }) },
  {
    name: 'login',
    rules: { email: sought, password: sought, deviceToken: given },
    input: () => ({ email: accountToLogIn.email ?? '', password }),
  },
  { name: 'refreshSession', rules: { refreshToken: sought }, input: () => ({ refreshToken: 'none' }) },
  { name: 'revokeSession', rules: { id: sought }, input: () => ({ id: 'none' }) },
  { name: 'revokeAllSessions', rules: { userId: sought }, input: () => ({ userId: 'none' }) },
  { name: 'logout', rules: { refreshToken: given }, input: () => ({ refreshToken: 'none' }) },
];

/** Who sends a mutation: its owner, where an administrator may not. */
function senderOf(name: string): Viewer {
  if (name === 'login' || name === 'refreshSession') return anonymous;
  return name === 'changePassword' || name === 'logout' ? viewerOf(account) : administrator;
}

describe('hostile text', { timeout: 180_000 }, () => {
  it('is tried in every text field of every mutation', () => {
    expect(fieldsOf(mutations)).toEqual(textFieldsOfMutations(schema));
  });

  it.each(mutations)('in $name comes back unchanged, or is refused by name', async (mutation) => {
    const send = signedSender(users, senderOf(mutation.name));
    expect(await findTextProblems(schema, mutation, hostileTexts, send)).toEqual([]);
  });

  it.each(textArguments(schema))('as $name finds something or nothing', async ({ target, path }) => {
    const send = signedSender(users, administrator);
    const texts = path.includes('search') ? searchesOf(hostileTexts) : hostileTexts;
    expect(await findArgumentProblems(schema, target, path, texts, send)).toEqual([]);
  });

  it('that was accepted as a password logs in, and nothing like it does', async () => {
    const problems: string[] = [];
    let accepted = 0;
    for (const text of hostileTexts) {
      const input = newAccount({ password: text });
      const { data } = await users.ask(administrator, CreateUserDocument, { input });
      if (data.createUser.user === null) continue;
      accepted += 1;
      if ((await logIn(users, input.email, `${text}x`)) !== null)
        problems.push(`${text} with another letter`);
      if ((await logIn(users, input.email, text)) === null) problems.push(text);
    }
    expect(problems).toEqual([]);
    expect(accepted).toBeGreaterThan(50);
  });
});
