import { mayAct, policy } from '@caregraph/access-policy';
import {
  isStorable,
  parseId,
  parsePage,
  parseSearch,
  toConnection,
  validate,
  type ConnectionArguments,
  type Viewer,
} from '@caregraph/service-kit';
import DataLoader from 'dataloader';
import { z } from 'zod';
import { emailTaken, type AccountChanges } from './account-changes.js';
import type {
  CreateUserInput,
  DeactivateUserInput,
  ReactivateUserInput,
  UpdateUserInput,
  UserFilter,
} from './generated/graphql.js';
import { transact, type Actor, type Database } from './database.js';
import type { PasswordHasher } from './password-hasher.js';
import type { SessionRepository } from './session-repository.js';
import { invalid, type User, type UserConnection, type UserOutcome } from './user.js';
import { updateUserInput, type NewPasswordInputs } from './user-input.js';
import type { UserConditions, UserKey, UserRepository } from './user-repository.js';

const { find } = policy;

const userKey: z.ZodType<UserKey> = z.tuple([
  z.string().refine(isStorable),
  z.string().refine(isStorable),
  z.int32(),
]);

/** The rules about users. One is made for each request: what it has read is remembered until the answer. */
export type UserService = ReturnType<typeof createUserService>;

interface Dependencies {
  readonly database: Database;
  readonly audit: Actor;
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly passwords: PasswordHasher;
  readonly inputs: NewPasswordInputs;
  readonly accounts: AccountChanges;
}

export function createUserService(dependencies: Dependencies) {
  const { database, audit, users, sessions, passwords, inputs, accounts } = dependencies;
  const byId = new DataLoader<number, User | null>((ids) => users.findMany(ids));

  async function load(id: string): Promise<User | null> {
    const key = parseId(id);
    return key === null ? null : byId.load(key);
  }

  return {
    load,

    async me(viewer: Viewer): Promise<User | null> {
      return viewer.kind === 'user' ? byId.load(viewer.id) : null;
    },

    /** Administrators see everyone, others themselves and the doctors. */
    async find(viewer: Viewer, id: string): Promise<User | null> {
      const user = await load(id);
      if (user === null) return null;
      return mayAct(viewer, user.role === 'DOCTOR' ? find.doctor : find.account, user.id) ? user : null;
    },

    /** Administrators see everyone, others the doctors, whose addresses they cannot search for. */
    async list(
      viewer: Viewer,
      filter: UserFilter | null | undefined,
      connection: ConnectionArguments,
    ): Promise<UserConnection> {
      const page = parsePage(connection, userKey);
      const sought = filter?.role ?? null;
      const seesAll = mayAct(viewer, find.account, null);
      const words = parseSearch(filter?.search);
      const conditions: UserConditions = {
        role: seesAll ? sought : 'DOCTOR',
        isActive: filter?.isActive === undefined ? true : filter.isActive,
        search: words === null ? null : { words, within: seesAll ? 'names-and-emails' : 'names' },
      };
      const mayMatch = seesAll || sought === null || sought === 'DOCTOR';
      const rows = mayMatch ? await users.list(conditions, page) : [];
      return toConnection(
        rows,
        page,
        (user): UserKey => [user.lastName, user.firstName, user.id],
        () => (mayMatch ? users.count(conditions) : Promise.resolve(0)),
        (user) => user,
      );
    },

    async create(viewer: Viewer, input: CreateUserInput): Promise<UserOutcome> {
      const validated = validate(inputs.createUser, input);
      if (!validated.ok) return invalid(validated.problems);
      const { password, ...account } = validated.value;
      const passwordHash = await passwords.hash(password);
      const user = await transact(database, audit, async (transaction) => {
        await sessions.requireOpen(transaction, viewer);
        return users.create(transaction, { ...account, passwordHash });
      });
      return user === null ? emailTaken : { user, userErrors: [] };
    },

    async update(viewer: Viewer, input: UpdateUserInput): Promise<UserOutcome> {
      const validated = validate(updateUserInput, input);
      if (!validated.ok) return invalid(validated.problems);
      const { id, version, ...changes } = validated.value;
      return accounts.change({ id, version }, changes, { viewer, audit });
    },

    async deactivate(viewer: Viewer, input: DeactivateUserInput): Promise<UserOutcome> {
      return accounts.change(input, { isActive: false }, { viewer, audit, endSessions: 'DEACTIVATED' });
    },

    async reactivate(viewer: Viewer, input: ReactivateUserInput): Promise<UserOutcome> {
      return accounts.change(input, { isActive: true }, { viewer, audit });
    },
  };
}
