import type { Database, Transaction } from './database.js';
import type { User as UserRow } from './generated/prisma/client.js';
import type { User } from './user.js';
import { toUser, userColumns } from './user-row.js';

/** An account, and the hash that a password was compared with and fits. */
export interface ProvenAccount {
  readonly userId: number;
  readonly passwordHash: string;
}

/** The only place that knows how password hashes are kept. */
export type PasswordRepository = ReturnType<typeof createPasswordRepository>;

export function createPasswordRepository(database: Database) {
  return {
    /** The hash of a user's password; null when there is no such user. */
    async find(userId: number): Promise<string | null> {
      const row = await database.user.findUnique({ where: { id: userId }, select: { passwordHash: true } });
      return row?.passwordHash ?? null;
    },

    /** The user with this address, regardless of case, and the password hash. */
    async findByEmail(email: string): Promise<{ user: User; passwordHash: string } | null> {
      const [row] = await database.$queryRaw<UserRow[]>`
        SELECT ${userColumns}, password_hash AS "passwordHash" FROM users WHERE lower(email) = lower(${email})`;
      return row === undefined ? null : { user: toUser(row), passwordHash: row.passwordHash };
    },

    /**
     * Replaces the hash of an active account. Null where it is no longer the one that a password was compared with, or
     * the account is closed: a comparison takes long.
     */
    async replace(
      transaction: Transaction,
      before: ProvenAccount,
      passwordHash: string,
    ): Promise<User | null> {
      const [row] = await transaction.user.updateManyAndReturn({
        where: {
          id: before.userId,
          passwordHash: before.passwordHash,
          OR: [{ isActive: true }, { isActive: null }],
        },
        data: { passwordHash },
      });
      return row === undefined ? null : toUser(row);
    },
  };
}
