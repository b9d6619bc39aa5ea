import { createHash, randomBytes } from 'node:crypto';
import { transact, type Actor, type Database, type Transaction } from './database.js';

/** How many clients of one account are known at most: whoever logs in from more is forgotten first where long unused. */
const devicesPerUser = 50;

/** Clients that have logged in, known by the SHA-256 of a token that they keep. */
export type LoginDeviceRepository = ReturnType<typeof createLoginDeviceRepository>;

export function createLoginDeviceRepository(database: Database) {
  return {
    /** Whether a token was given to a client that logged in to the account with this address. */
    async isKnown(token: string, email: string): Promise<boolean> {
      const rows = await database.$queryRaw<unknown[]>`
        SELECT 1 FROM login_devices JOIN users ON users.id = user_id
        WHERE token_hash = ${hashDeviceToken(token)} AND lower(email) = lower(${email})`;
      return rows.length > 0;
    },

    /** Knows a client from now on, unless its user's password has changed since it was compared with this hash. */
    async remember(
      token: string,
      account: { userId: number; passwordHash: string },
      actor: Actor,
    ): Promise<void> {
      const hash = hashDeviceToken(token);
      await transact(
        database,
        actor,
        (transaction) => transaction.$executeRaw`
        WITH account AS (
          SELECT id FROM users WHERE id = ${account.userId} AND password_hash = ${account.passwordHash} FOR SHARE
        ), surplus AS (
          DELETE FROM login_devices WHERE token_hash IN (
            SELECT token_hash FROM login_devices WHERE user_id = ${account.userId} AND token_hash <> ${hash}
            ORDER BY last_used_at DESC OFFSET ${devicesPerUser - 1})
        )
        INSERT INTO login_devices (token_hash, user_id) SELECT ${hash}, id FROM account
        ON CONFLICT (token_hash) DO UPDATE SET last_used_at = CURRENT_TIMESTAMP`,
      );
    },

    /** Forgets all clients of a user. */
    async forgetAll(transaction: Transaction, userId: number): Promise<void> {
      await transaction.loginDevice.deleteMany({ where: { userId } });
    },
  };
}

/** A token for a client that has none yet: 256 random bits. */
export function createDeviceToken(): string {
  return randomBytes(32).toString('base64url');
}

function hashDeviceToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest());
}
