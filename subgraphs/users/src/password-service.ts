import type { AuditRecorder } from '@caregraph/audit-trail';
import { parseId, validate, type Viewer } from '@caregraph/service-kit';
import type { AccountChanges } from './account-changes.js';
import { transact, type Database } from './database.js';
import type { ChangePasswordInput, ResetPasswordInput } from './generated/graphql.js';
import type { LoginThrottle } from './login-throttle.js';
import type { PasswordHasher } from './password-hasher.js';
import type { PasswordRepository, ProvenAccount } from './password-repository.js';
import type { PasswordRules } from './password-rules.js';
import { passwordChanged, type SessionHolder } from './session-events.js';
import type { SessionRepository } from './session-repository.js';
import { invalid, refused, tooManyAttempts, type User, type UserOutcome } from './user.js';
import type { NewPasswordInputs } from './user-input.js';
import type { UserRepository } from './user-repository.js';

/** New passwords for accounts that exist: from their users, and from administrators. */
export type PasswordService = ReturnType<typeof createPasswordService>;

interface Dependencies {
  readonly database: Database;
  readonly audit: AuditRecorder;
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly passwordHashes: PasswordRepository;
  readonly passwords: PasswordHasher;
  readonly rules: PasswordRules;
  readonly inputs: NewPasswordInputs;
  readonly throttle: LoginThrottle;
  readonly accounts: AccountChanges;
}

export function createPasswordService(dependencies: Dependencies) {
  const { database, audit, users, sessions, passwordHashes, passwords, rules, inputs, throttle, accounts } =
    dependencies;

  /** Refuses a new password that those who know the user would try first. */
  async function personalProblem(id: number | null, newPassword: string): Promise<UserOutcome | null> {
    const [user] = id === null ? [] : await users.findMany([id]);
    const message = user == null ? null : rules.personalProblem(newPassword, user);
    return message === null ? null : refused('INVALID_INPUT', message, ['newPassword']);
  }

  /** The account with the hash that the password fits, if that is not `before`; null where there is none. */
  async function prove(userId: number, password: string, before?: string): Promise<ProvenAccount | null> {
    const passwordHash = await passwordHashes.find(userId);
    if (passwordHash === null || passwordHash === before) return null;
    return (await passwords.verify(password, passwordHash)) ? { userId, passwordHash } : null;
  }

  async function replace(account: ProvenAccount, viewer: SessionHolder, passwordHash: string) {
    return transact(database, audit, async (transaction): Promise<User | null> => {
      // The account first: a login that is under way has its session by then, or sees the new password.
      const user = await passwordHashes.replace(transaction, account, passwordHash);
      if (user === null) return null;
      await sessions.requireOpen(transaction, viewer);
      const now = new Date();
      await sessions.endAll(transaction, user.id, 'PASSWORD_CHANGED', now, viewer.sessionId);
      await sessions.raiseEpochs(transaction, user.id, now, viewer.sessionId);
      return user;
    });
  }

  /** Replaces the viewer's own password, where the current one is right. */
  async function exchange(viewer: SessionHolder, current: string, next: string): Promise<UserOutcome> {
    const admission = await throttle.admitPasswordChange(viewer.id);
    if (!admission.admitted) {
      return { user: null, userErrors: [tooManyAttempts(admission.retryAfterSeconds, ['currentPassword'])] };
    }
    const account = await prove(viewer.id, current);
    if (account === null) return wrongPassword;
    await admission.succeeded();
    const passwordHash = await passwords.hash(next);
    const user = await replace(account, viewer, passwordHash);
    if (user !== null) return { user, userErrors: [] };
    const again = await prove(viewer.id, current, account.passwordHash);
    const changed = again === null ? null : await replace(again, viewer, passwordHash);
    return changed === null ? wrongPassword : { user: changed, userErrors: [] };
  }

  return {
    /**
     * The viewer's other sessions end; the one that asks goes on, with access tokens that are issued from now on. An
     * administrator who gives the account another password meanwhile, or closes it, has the last word; a login that
     * hashes the same password anew does not stand in the way.
     */
    async changePassword(viewer: Viewer, input: ChangePasswordInput): Promise<UserOutcome> {
      if (viewer.kind !== 'user') return refused('FORBIDDEN', 'Only users have a password.', null);
      const validated = validate(inputs.changePassword, input);
      if (!validated.ok) return invalid(validated.problems);
      const { currentPassword, newPassword } = validated.value;
      const problem = await personalProblem(viewer.id, newPassword);
      if (problem !== null) return problem;
      const outcome = await exchange(viewer, currentPassword, newPassword);
      const failure = outcome.userErrors[0]?.code ?? null;
      audit.note(passwordChanged('Mutation.changePassword', viewer.id, failure));
      return outcome;
    },

    /** The sessions of the account end, and its known clients are forgotten. */
    async resetPassword(viewer: Viewer, input: ResetPasswordInput): Promise<UserOutcome> {
      const validated = validate(inputs.resetPassword, input);
      if (!validated.ok) return invalid(validated.problems);
      const problem = await personalProblem(parseId(input.id), validated.value.newPassword);
      if (problem !== null) return problem;
      const passwordHash = await passwords.hash(validated.value.newPassword);
      const occasion = { viewer, audit, endSessions: 'PASSWORD_RESET' } as const;
      const outcome = await accounts.change(validated.value, { passwordHash }, occasion);
      if (outcome.user !== null) audit.note(passwordChanged('Mutation.resetPassword', outcome.user.id, null));
      return outcome;
    },
  };
}

const wrongPassword = refused('INVALID_CREDENTIALS', 'The current password is wrong.', ['currentPassword']);
