import { mayAct, policy } from '@caregraph/access-policy';
import {
  isStorable,
  parseId,
  parsePage,
  parseSearch,
  toConnection,
  validate,
  type ConnectionArguments,
  type InputProblem,
  type Viewer,
} from '@caregraph/service-kit';
import DataLoader from 'dataloader';
import { z } from 'zod';
import type { Database } from './database.js';
import type {
  ChangePasswordInput,
  CreateUserInput,
  DeactivateUserInput,
  ReactivateUserInput,
  ResetPasswordInput,
  SessionEndReason,
  UpdateUserInput,
  UserFilter,
  UserServiceErrorCode,
} from './generated/graphql.js';
import type { LoginDevices } from './login-devices.js';
import type { LoginThrottle } from './login-throttle.js';
import type { PasswordHasher } from './password-hasher.js';
import type { PasswordRules } from './password-rules.js';
import type { SessionRepository } from './session-repository.js';
import { tooManyAttempts, type User, type UserConnection, type UserOutcome } from './user.js';
import { updateUserInput, type NewPasswordInputs } from './user-input.js';
import type { UserChanges, UserConditions, UserKey, UserRepository } from './user-repository.js';

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
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly passwords: PasswordHasher;
  readonly rules: PasswordRules;
  readonly inputs: NewPasswordInputs;
  readonly devices: LoginDevices;
  readonly throttle: LoginThrottle;
}

export function createUserService(dependencies: Dependencies) {
  const { database, users, sessions, passwords, rules, inputs, devices, throttle } = dependencies;
  const byId = new DataLoader<number, User | null>((ids) => users.findMany(ids));

  async function load(id: string): Promise<User | null> {
    const key = parseId(id);
    return key === null ? null : byId.load(key);
  }

  /** Refuses a new password that those who know the user would try first. */
  async function personalProblem(id: number | null, newPassword: string): Promise<UserOutcome | null> {
    const user = id === null ? null : await byId.load(id);
    const message = user === null ? null : rules.personalProblem(newPassword, user);
    return message === null ? null : refused('INVALID_INPUT', message, ['newPassword']);
  }

  /**
   * Changes an account under its version. Where it ceases to be an active administrator, the others are locked
   * first, so that two changes at once cannot take the last one away.
   */
  async function change(
    input: { readonly id: string; readonly version?: number | null | undefined },
    changes: UserChanges,
    endSessions?: SessionEndReason,
  ): Promise<UserOutcome> {
    const id = parseId(input.id);
    if (id === null) return refused('NOT_FOUND', 'There is no such user.', ['id']);
    const outcome = await database.$transaction(async (transaction) => {
      const demotes = changes.isActive === false || (changes.role !== undefined && changes.role !== 'ADMIN');
      if (demotes) {
        const administrators = await users.lockAdministrators(transaction);
        if (administrators.includes(id) && administrators.length === 1) return 'last-administrator';
      }
      // The account first: a login that is under way has its session by then, or sees the change.
      const role = changes.role === undefined ? null : await users.lockRole(transaction, id);
      const user = await users.update(transaction, id, input.version ?? null, changes);
      if (user === null || user === 'email-taken') return user;
      if (endSessions !== undefined) await sessions.endAll(transaction, id, endSessions, new Date());
      if (changes.passwordHash !== undefined) await devices.forgetAll(transaction, id);
      if (role !== null && role !== user.role) await sessions.raiseEpochs(transaction, id, new Date());
      return user;
    });
    switch (outcome) {
      case null:
        return (await load(input.id)) === null
          ? refused('NOT_FOUND', 'There is no such user.', ['id'])
          : refused('STALE_VERSION', 'The user has changed meanwhile; read it again.', ['version']);
      case 'email-taken':
        return emailTaken;
      case 'last-administrator':
        return refused(
          'LAST_ADMINISTRATOR',
          'The platform needs an active administrator; this is the last.',
          ['id'],
        );
      default:
        return { user: outcome, userErrors: [] };
    }
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

    async create(input: CreateUserInput): Promise<UserOutcome> {
      const validated = validate(inputs.createUser, input);
      if (!validated.ok) return invalid(validated.problems);
      const { password, ...account } = validated.value;
      const user = await users.create({ ...account, passwordHash: await passwords.hash(password) });
      return user === null ? emailTaken : { user, userErrors: [] };
    },

    async update(input: UpdateUserInput): Promise<UserOutcome> {
      const validated = validate(updateUserInput, input);
      if (!validated.ok) return invalid(validated.problems);
      const { id, version, ...changes } = validated.value;
      return change({ id, version }, changes);
    },

    /** The viewer's other sessions end; the one that asks goes on, with access tokens that are issued from now on. */
    async changePassword(viewer: Viewer, input: ChangePasswordInput): Promise<UserOutcome> {
      if (viewer.kind !== 'user') return refused('FORBIDDEN', 'Only users have a password.', null);
      const validated = validate(inputs.changePassword, input);
      if (!validated.ok) return invalid(validated.problems);
      const problem = await personalProblem(viewer.id, validated.value.newPassword);
      if (problem !== null) return problem;
      const admission = await throttle.admitPasswordChange(viewer.id);
      if (!admission.admitted) {
        return {
          user: null,
          userErrors: [tooManyAttempts(admission.retryAfterSeconds, ['currentPassword'])],
        };
      }
      const hash = await users.findPasswordHash(viewer.id);
      if (hash === null || !(await passwords.verify(validated.value.currentPassword, hash))) {
        return refused('INVALID_CREDENTIALS', 'The current password is wrong.', ['currentPassword']);
      }
      await admission.succeeded();
      const passwordHash = await passwords.hash(validated.value.newPassword);
      const user = await database.$transaction(async (transaction) => {
        // The account first: a login that is under way has its session by then, or sees the new password.
        const changed = await users.update(transaction, viewer.id, null, { passwordHash });
        const now = new Date();
        await sessions.endAll(transaction, viewer.id, 'PASSWORD_CHANGED', now, viewer.sessionId);
        await sessions.raiseEpochs(transaction, viewer.id, now, viewer.sessionId);
        return changed;
      });
      return user === null || user === 'email-taken'
        ? refused('NOT_FOUND', 'There is no such user.', null)
        : { user, userErrors: [] };
    },

    async resetPassword(input: ResetPasswordInput): Promise<UserOutcome> {
      const validated = validate(inputs.resetPassword, input);
      if (!validated.ok) return invalid(validated.problems);
      const problem = await personalProblem(parseId(input.id), validated.value.newPassword);
      if (problem !== null) return problem;
      const passwordHash = await passwords.hash(validated.value.newPassword);
      return change(validated.value, { passwordHash }, 'PASSWORD_RESET');
    },

    async deactivate(input: DeactivateUserInput): Promise<UserOutcome> {
      return change(input, { isActive: false }, 'DEACTIVATED');
    },

    async reactivate(input: ReactivateUserInput): Promise<UserOutcome> {
      return change(input, { isActive: true });
    },
  };
}

const emailTaken = refused('EMAIL_TAKEN', 'Another account has this e-mail address.', ['email']);

function refused(code: UserServiceErrorCode, message: string, field: readonly string[] | null): UserOutcome {
  return { user: null, userErrors: [{ code, message, field }] };
}

function invalid(problems: readonly InputProblem[]): UserOutcome {
  return { user: null, userErrors: problems };
}
