import { randomUUID } from 'node:crypto';
import type { Viewer } from '@caregraph/service-kit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScratchDatabase } from '../../../test/cluster.js';
import { serviceViewer, userViewer, type SubgraphClient } from '../../../test/subgraph-client.js';
import {
  CountUsersDocument,
  DeactivateUserDocument,
  GetAccountDocument,
  GetMeDocument,
  GetUserDocument,
  ListUsersDocument,
  type ListUsersQueryVariables,
} from './generated/operations.js';
import {
  administrator,
  anonymous,
  createAccount,
  startUsers,
  viewerOf,
  type UsersService,
} from './users-service.js';

let users: UsersService;

beforeAll(async () => {
  users = await startUsers();
});
afterAll(() => users[Symbol.asyncDispose]());

async function list(
  variables: ListUsersQueryVariables,
  viewer = administrator as Parameters<SubgraphClient['ask']>[0],
  service: SubgraphClient = users,
) {
  const { data, errors } = await service.ask(viewer, ListUsersDocument, variables);
  expect(errors).toBeUndefined();
  if (data.users === null) throw new Error('There is no list.');
  return data.users;
}

describe('one user', () => {
  it('is shown to administrators and to the user, with the account’s data', async () => {
    const account = await createAccount(users, { role: 'NURSE' });
    for (const viewer of [administrator, viewerOf(account)]) {
      const answer = await users.ask(viewer, GetAccountDocument, { id: account.id });
      expect(answer).toEqual({ data: { user: account } });
    }
  });

  it('is shown to others when a doctor, without the account’s data', async () => {
    const doctor = await createAccount(users, { role: 'DOCTOR' });
    for (const role of ['DOCTOR', 'NURSE', 'STAFF'] as const) {
      const viewer = userViewer(role);
      const { data, errors } = await users.ask(viewer, GetAccountDocument, { id: doctor.id });
      expect(data.user).toEqual({ ...doctor, email: null, version: null, createdAt: null, updatedAt: null });
      expect(errors?.map(({ path, extensions }) => [path?.at(-1), extensions?.['code']])).toEqual([
        ['email', 'FORBIDDEN'],
        ['version', 'FORBIDDEN'],
        ['createdAt', 'FORBIDDEN'],
        ['updatedAt', 'FORBIDDEN'],
      ]);
    }
  });

  it('is not shown to others when no doctor, nor to anybody who has not logged in', async () => {
    const { id } = await createAccount(users, { role: 'NURSE' });
    for (const role of ['DOCTOR', 'NURSE', 'STAFF'] as const) {
      expect(await users.ask(userViewer(role), GetUserDocument, { id })).toEqual({ data: { user: null } });
    }
    for (const document of [GetUserDocument, GetAccountDocument]) {
      const { data, errors } = await users.ask(anonymous, document, { id });
      expect(data).toEqual({ user: null });
      expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['UNAUTHENTICATED']);
    }
    const me = await users.ask(anonymous, GetMeDocument, {});
    expect(me.errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['UNAUTHENTICATED']);
  });

  it('is resolved for services by reference, in order, with null for what there is not', async () => {
    const [doctor, closed] = [await createAccount(users), await createAccount(users, { role: 'STAFF' })];
    await users.ask(administrator, DeactivateUserDocument, { input: { id: closed.id } });
    const answer = await users.resolveReferences(
      serviceViewer('appointments'),
      '... on User { id role isActive }',
      [closed.id, 'abc', doctor.id, '2147483647'].map((id) => ({ __typename: 'User', id })),
    );
    expect(answer).toEqual({
      data: {
        _entities: [
          { id: closed.id, role: 'STAFF', isActive: false },
          null,
          { id: doctor.id, role: 'DOCTOR', isActive: true },
          null,
        ],
      },
    });
  });
});

describe('the list of users', () => {
  it('holds everyone for administrators, and the doctors for others', async () => {
    const search = randomUUID();
    const ids = new Map<string, string>();
    for (const role of ['ADMIN', 'DOCTOR', 'NURSE', 'STAFF'] as const) {
      const account = await createAccount(users, { role, firstName: search, lastName: role });
      ids.set(role, account.id);
    }
    const all = [...ids.values()];
    const idsFor = async (...args: Parameters<typeof list>) =>
      (await list(...args)).edges.map(({ node }) => node.id);
    expect(await idsFor({ filter: { search } })).toEqual(all);
    expect(await idsFor({ filter: { search, role: 'NURSE' } })).toEqual([ids.get('NURSE')]);
    for (const role of ['DOCTOR', 'NURSE', 'STAFF'] as const) {
      const viewer = userViewer(role);
      expect(await idsFor({ filter: { search } }, viewer)).toEqual([ids.get('DOCTOR')]);
      expect(await idsFor({ filter: { search, role: 'DOCTOR' } }, viewer)).toEqual([ids.get('DOCTOR')]);
      expect(await idsFor({ filter: { search, role: 'ADMIN' } }, viewer)).toEqual([]);
      const count = async (sought: 'ADMIN' | null) =>
        (await users.ask(viewer, CountUsersDocument, { filter: { search, role: sought } })).data.users
          ?.totalCount;
      expect([await count(null), await count('ADMIN')]).toEqual([1, 0]);
    }
  });

  it('does not tell by a search what addresses doctors have, but to administrators', async () => {
    const [word, name] = [`w${randomUUID().replaceAll('-', '')}`, `n${randomUUID().replaceAll('-', '')}`];
    const { id } = await createAccount(users, { email: `${word}@example.com`, lastName: name });
    const find = async (search: string, viewer: Viewer) => {
      const { edges } = await list({ filter: { search } }, viewer);
      const { data } = await users.ask(viewer, CountUsersDocument, { filter: { search } });
      return [edges.map(({ node }) => node.id), data.users?.totalCount];
    };
    const [found, nothing] = [
      [[id], 1],
      [[], 0],
    ];
    for (const search of [word, `${word}@example.com`, `${name} ${word.slice(0, 9)}`]) {
      expect(await find(search, administrator)).toEqual(found);
      for (const role of ['DOCTOR', 'NURSE', 'STAFF'] as const) {
        expect(await find(search, userViewer(role))).toEqual(nothing);
      }
    }
    expect(await find(name, userViewer('STAFF'))).toEqual(found);
  });

  it('leaves closed accounts out unless the filter asks for them', async () => {
    const lastName = `Q${randomUUID()}`;
    const [open, closed] = [
      await createAccount(users, { lastName }),
      await createAccount(users, { lastName }),
    ];
    await users.ask(administrator, DeactivateUserDocument, { input: { id: closed.id } });
    const idsOf = async (filter: ListUsersQueryVariables['filter']) =>
      (await list({ filter: { search: lastName, ...filter } })).edges.map(({ node }) => node.id);
    expect(await idsOf({})).toEqual([open.id]);
    expect(await idsOf({ isActive: false })).toEqual([closed.id]);
    expect(await idsOf({ isActive: null })).toEqual([open.id, closed.id]);
  });

  it.each<ListUsersQueryVariables>([
    { first: 0 },
    { first: 101 },
    { after: '' },
    { after: 'garbage' },
    { after: cursor(['A', 'B']) },
    { after: cursor(['A', 'B', '1']) },
    { after: cursor(['A\0', 'B', 1]) },
    { after: cursor(['A', '\ud800', 1]) },
    { after: cursor(['A', 'B', 1.5]) },
    { after: cursor(['A', 'B', 2_147_483_648]) },
    { filter: { search: 'x'.repeat(201) } },
    { filter: { search: '\0' } },
    { filter: { search: '\ud800' } },
  ])('answers BAD_USER_INPUT to %j', async (variables) => {
    const { data, errors } = await users.ask(administrator, ListUsersDocument, variables);
    expect(data).toEqual({ users: null });
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['BAD_USER_INPUT']);
  });

  it('has pages that together hold each user once, in the order of the list', async () => {
    await using database = await createScratchDatabase('users');
    await using alone = await startUsers(database.databaseUrl);
    for (const firstName of ['Ann', 'Änn', 'ann', "D'Ann", 'Zoë']) {
      for (const lastName of ['Lee', 'lee', 'O’Lee', 'Léa'])
        await createAccount(alone, { firstName, lastName });
    }
    const whole = (await list({ first: 100 }, administrator, alone)).edges.map(({ node }) => node.id);
    expect(new Set(whole).size).toBe(20);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 25 }), async (first) => {
        const seen: string[] = [];
        let after: string | null = null;
        do {
          const page = await list({ first, after }, administrator, alone);
          seen.push(...page.edges.map(({ node }) => node.id));
          after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
        } while (after !== null);
        expect(seen).toEqual(whole);
      }),
      { numRuns: 10 },
    );
  });
});

function cursor(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}
