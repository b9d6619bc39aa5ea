import { parseId, type Viewer } from '@caregraph/service-kit';
import { transact, type Actor, type Database } from './database.js';
import type { SessionEndReason } from './generated/graphql.js';
import type { LoginDeviceRepository } from './login-device-repository.js';
import type { SessionRepository } from './session-repository.js';
import { refused, type UserOutcome } from './user.js';
import type { UserChanges, UserRepository } from './user-repository.js';

/** Which account, and the version of it that a change is based on; without one, whatever it is. */
interface Target {
  readonly id: string;
  readonly version?: number | null | undefined;
}

/** Who makes a change, and why the sessions of the account end with it, if they do. */
interface Occasion {
  readonly viewer: Viewer;
  readonly audit: Actor;
  readonly endSessions?: SessionEndReason;
}

interface Dependencies {
  readonly database: Database;
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly devices: LoginDeviceRepository;
}

/** Changes that administrators make to accounts, and what follows from them for sessions and known clients. */
export type AccountChanges = ReturnType<typeof createAccountChanges>;

export function createAccountChanges({ database, users, sessions, devices }: Dependencies) {
  /** Null where no account has the id and the version. */
  async function apply(
    id: number,
    version: number | null,
    changes: UserChanges,
    { viewer, audit, endSessions }: Occasion,
  ) {
    return transact(database, audit, async (transaction) => {
      const demotes = changes.isActive === false || (changes.role !== undefined && changes.role !== 'ADMIN');
      if (demotes) {
        const administrators = await users.lockAdministrators(transaction);
        if (administrators.includes(id) && administrators.length === 1) return 'last-administrator';
      }
      // The account first: a login that is under way has its session by then, or sees the change.
      const role = changes.role === undefined ? null : await users.lockRole(transaction, id);
      const user = await users.update(transaction, id, version, changes);
      if (user === null || user === 'email-taken') return user;
      if (endSessions !== undefined) await sessions.endAll(transaction, id, endSessions, new Date());
      if (changes.passwordHash !== undefined) await devices.forgetAll(transaction, id);
      if (role !== null && role !== user.role) await sessions.raiseEpochs(transaction, id, new Date());
      await sessions.requireOpen(transaction, viewer);
      return user;
    });
  }

  return {
    /**
     * Changes an account under its version. Where it ceases to be an active administrator, the others are locked
     * first, so that two changes at once cannot take the last one away.
     */
    async change(target: Target, changes: UserChanges, occasion: Occasion): Promise<UserOutcome> {
      const id = parseId(target.id);
      if (id === null) return noSuchUser;
      const outcome = await apply(id, target.version ?? null, changes, occasion);
      switch (outcome) {
        case null: {
          const [user] = await users.findMany([id]);
          return user == null
            ? noSuchUser
            : refused('STALE_VERSION', 'The user has changed meanwhile; read it again.', ['version']);
        }
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
    },
  };
}

/** The refusal of an address that belongs to another account. */
export const emailTaken = refused('EMAIL_TAKEN', 'Another account has this e-mail address.', ['email']);

const noSuchUser = refused('NOT_FOUND', 'There is no such user.', ['id']);
