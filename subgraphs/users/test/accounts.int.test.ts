import { randomUUID } from 'node:crypto';
import { roles } from '@caregraph/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScratchDatabase } from '../../../test/cluster.js';
import { serviceViewer, userViewer } from '../../../test/subgraph-client.js';
import {
  ChangePasswordDocument,
  CreateUserDocument,
  DeactivateUserDocument,
  GetMeDocument,
  GetUserDocument,
  ReactivateUserDocument,
  ResetPasswordDocument,
  UpdateUserDocument,
  type CreateUserInput,
} from './generated/operations.js';
import {
  administrator,
  anonymous,
  createAccount,
  newAccount,
  password,
  startUsers,
  viewerOf,
  type UsersService,
} from './users-service.js';

let users: UsersService;

beforeAll(async () => {
  users = await startUsers();
});
afterAll(() => users[Symbol.asyncDispose]());

describe('creating an account', () => {
  it('answers the account, its address in lower case', async () => {
    const input = newAccount({
      email: `${randomUUID()}@Example.COM`,
      firstName: 'José',
      lastName: 'O’Neill',
    });
    const { data, errors } = await users.ask(administrator, CreateUserDocument, { input });
    expect(errors).toBeUndefined();
    expect(data.createUser).toEqual({
      user: {
        id: expect.stringMatching(/^[1-9]\d*$/) as string,
        email: input.email.toLowerCase(),
        firstName: 'José',
        lastName: 'O’Neill',
        fullName: 'José O’Neill',
        role: 'DOCTOR',
        isActive: true,
        version: 1,
        createdAt: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/) as string,
        updatedAt: data.createUser.user?.createdAt,
      },
      userErrors: [],
    });
  });

  it('refuses an address that another account has, regardless of case', async () => {
    const { email } = await createAccount(users);
    const input = newAccount({ email: email?.toUpperCase() ?? '' });
    const { data } = await users.ask(administrator, CreateUserDocument, { input });
    expect(data.createUser).toMatchObject({
      user: null,
      userErrors: [{ code: 'EMAIL_TAKEN', field: ['email'] }],
    });
  });

  it('gives an address to one of many that ask for it at once', async () => {
    const email = `${randomUUID()}@example.com`;
    const answers = await Promise.all(
      [email, email.toUpperCase(), email, email].map((address) =>
        users.ask(administrator, CreateUserDocument, { input: newAccount({ email: address }) }),
      ),
    );
    const codes = answers.flatMap(({ data }) => data.createUser.userErrors.map(({ code }) => code));
    expect(codes).toEqual(['EMAIL_TAKEN', 'EMAIL_TAKEN', 'EMAIL_TAKEN']);
  });

  it('names every value that breaks a rule', async () => {
    const input = newAccount({
      email: 'nobody',
      password: 'short',
      firstName: '',
      lastName: 'x'.repeat(101),
    });
    const { data } = await users.ask(administrator, CreateUserDocument, { input });
    expect(data.createUser.userErrors.map(({ code, field }) => [code, field])).toEqual([
      ['INVALID_INPUT', ['email']],
      ['INVALID_INPUT', ['password']],
      ['INVALID_INPUT', ['firstName']],
      ['INVALID_INPUT', ['lastName']],
    ]);
  });

  it.each([
    ['NUL', '\0'],
    ['an unpaired surrogate', '\udc00'],
  ])('refuses %s in every text field, also of an update', async (_, character) => {
    const { id } = await createAccount(users);
    const fields: [keyof CreateUserInput, string][] = [
      ['email', `a${character}@example.com`],
      ['password', `a password with ${character}`],
      ['firstName', character],
      ['lastName', character],
    ];
    for (const [field, value] of fields) {
      const input = newAccount({ [field]: value });
      const created = await users.ask(administrator, CreateUserDocument, { input });
      expect(created.errors).toBeUndefined();
      expect(created.data.createUser.userErrors.map(({ code }) => code)).toContain('INVALID_INPUT');
      if (field === 'password') continue;
      const updated = await users.ask(administrator, UpdateUserDocument, { input: { id, [field]: value } });
      expect(updated.errors).toBeUndefined();
      expect(updated.data.updateUser.userErrors.map(({ code }) => code)).toContain('INVALID_INPUT');
    }
  });
});

describe('changing an account', () => {
  it('changes what is given, and raises the version', async () => {
    const before = await createAccount(users);
    const changes = { email: `${randomUUID()}@example.com`, firstName: 'Grace', role: 'NURSE' } as const;
    const input = { id: before.id, version: 1, ...changes };
    const { data } = await users.ask(administrator, UpdateUserDocument, { input });
    expect(data.updateUser).toEqual({
      user: {
        ...before,
        ...changes,
        fullName: 'Grace Lovelace',
        version: 2,
        updatedAt: data.updateUser.user?.updatedAt,
      },
      userErrors: [],
    });
  });

  it('answers the account as it is when nothing is to change', async () => {
    const before = await createAccount(users);
    const update = async (version: number) =>
      (await users.ask(administrator, UpdateUserDocument, { input: { id: before.id, version } })).data
        .updateUser;
    expect(await update(1)).toEqual({ user: before, userErrors: [] });
    expect((await update(2)).userErrors.map(({ code }) => code)).toEqual(['STALE_VERSION']);
  });

  it.each(['email', 'firstName', 'lastName', 'role'])('refuses null for %s', async (field) => {
    const { id } = await createAccount(users);
    const { data } = await users.ask(administrator, UpdateUserDocument, { input: { id, [field]: null } });
    expect(data.updateUser).toMatchObject({
      user: null,
      userErrors: [{ code: 'INVALID_INPUT', field: [field] }],
    });
  });

  it('refuses an address that another account has, and then changes nothing', async () => {
    const [other, account] = [await createAccount(users), await createAccount(users)];
    const input = { id: account.id, email: other.email?.toUpperCase() ?? '', role: 'STAFF' } as const;
    const { data } = await users.ask(administrator, UpdateUserDocument, { input });
    expect(data.updateUser).toMatchObject({
      user: null,
      userErrors: [{ code: 'EMAIL_TAKEN', field: ['email'] }],
    });
    expect((await users.ask(viewerOf(account), GetMeDocument, {})).data.me).toEqual(account);
  });

  it('lets one of several changes of the same version through', async () => {
    const { id } = await createAccount(users);
    const answers = await Promise.all(
      ['One', 'Two', 'Three'].map((firstName) =>
        users.ask(administrator, UpdateUserDocument, { input: { id, version: 1, firstName } }),
      ),
    );
    const codes = answers.flatMap(({ data }) => data.updateUser.userErrors.map(({ code }) => code));
    expect(codes).toEqual(['STALE_VERSION', 'STALE_VERSION']);
  });

  it('closes and opens it', async () => {
    const { id } = await createAccount(users);
    const input = { id, version: 1 };
    const closed = await users.ask(administrator, DeactivateUserDocument, { input });
    expect(closed.data.deactivateUser).toEqual({
      user: { id, isActive: false, version: 2 },
      userErrors: [],
    });
    const stale = await users.ask(administrator, ReactivateUserDocument, { input });
    expect(stale.data.reactivateUser.userErrors).toEqual([{ code: 'STALE_VERSION', field: ['version'] }]);
    const opened = await users.ask(administrator, ReactivateUserDocument, { input: { id } });
    expect(opened.data.reactivateUser).toEqual({ user: { id, isActive: true, version: 3 }, userErrors: [] });
  });

  it.each(['abc', '-1', '99999999999999', '2147483647'])('answers NOT_FOUND for the id %j', async (id) => {
    const input = { id };
    const notFound = { user: null, userErrors: [{ code: 'NOT_FOUND', field: ['id'] }] };
    const newPassword = 'another good password';
    expect((await users.ask(administrator, UpdateUserDocument, { input })).data).toMatchObject({
      updateUser: notFound,
    });
    expect(
      (await users.ask(administrator, ResetPasswordDocument, { input: { id, newPassword } })).data,
    ).toEqual({ resetPassword: notFound });
    expect((await users.ask(administrator, DeactivateUserDocument, { input })).data).toEqual({
      deactivateUser: notFound,
    });
    expect((await users.ask(administrator, ReactivateUserDocument, { input })).data).toEqual({
      reactivateUser: notFound,
    });
    expect((await users.ask(administrator, GetUserDocument, { id })).data).toEqual({ user: null });
  });

  it('is for administrators only', async () => {
    const { id } = await createAccount(users);
    const forbidden = { user: null, userErrors: [{ code: 'FORBIDDEN', field: null }] };
    for (const viewer of [userViewer('DOCTOR', Number(id)), userViewer('NURSE'), userViewer('STAFF')]) {
      const create = await users.ask(viewer, CreateUserDocument, { input: newAccount() });
      expect(create.data.createUser).toMatchObject(forbidden);
      const input = { id, firstName: 'Mallory' };
      expect((await users.ask(viewer, UpdateUserDocument, { input })).data.updateUser).toMatchObject(
        forbidden,
      );
      const reset = { id, newPassword: 'another good password' };
      expect((await users.ask(viewer, ResetPasswordDocument, { input: reset })).data.resetPassword).toEqual(
        forbidden,
      );
      expect(
        (await users.ask(viewer, DeactivateUserDocument, { input: { id } })).data.deactivateUser,
      ).toEqual(forbidden);
      expect(
        (await users.ask(viewer, ReactivateUserDocument, { input: { id } })).data.reactivateUser,
      ).toEqual(forbidden);
    }
    expect((await users.ask(administrator, GetUserDocument, { id })).data.user).toMatchObject({
      fullName: 'Ada Lovelace',
      isActive: true,
    });
  });

  it('is refused to whoever has not logged in, and to services', async () => {
    const { id } = await createAccount(users);
    const input = { currentPassword: password, newPassword: 'another good password' };
    const anonymously = await users.ask(anonymous, DeactivateUserDocument, { input: { id } });
    expect(anonymously.errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['UNAUTHENTICATED']);
    const byService = await users.ask(serviceViewer('appointments'), ChangePasswordDocument, { input });
    expect(byService.errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['FORBIDDEN']);
  });
});

describe('the last administrator', () => {
  it('stays, however many try to take the role from both of the last two at once', async () => {
    await using database = await createScratchDatabase('users');
    await using alone = await startUsers(database.databaseUrl);
    const [one, other] = [
      await createAccount(alone, { role: 'ADMIN' }),
      await createAccount(alone, { role: 'ADMIN' }),
    ];
    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all([
        alone.ask(administrator, UpdateUserDocument, { input: { id: one.id, role: 'STAFF' } }),
        alone.ask(administrator, DeactivateUserDocument, { input: { id: other.id } }),
      ]);
      expect(answers.flatMap(({ errors }) => errors ?? [])).toEqual([]);
      const codes = [
        ...answers[0].data.updateUser.userErrors.map(({ code, field }) => [code, field]),
        ...answers[1].data.deactivateUser.userErrors.map(({ code, field }) => [code, field]),
      ];
      expect(codes).toEqual([['LAST_ADMINISTRATOR', ['id']]]);
      await alone.ask(administrator, UpdateUserDocument, { input: { id: one.id, role: 'ADMIN' } });
      await alone.ask(administrator, ReactivateUserDocument, { input: { id: other.id } });
    }
  });
});

describe('roles', () => {
  it('are kept as they were given', async () => {
    for (const role of roles) {
      const account = await createAccount(users, { role });
      expect((await users.ask(viewerOf(account), GetMeDocument, {})).data.me).toEqual(account);
    }
  });
});
