import type { Database, Transaction } from './database.js';

/** Why a session ended. */
export type SessionEnd = 'logout' | 'replayed' | 'password-changed' | 'password-reset' | 'deactivated';

/** The only place that knows how sessions and refresh tokens are kept. Tokens are known by their SHA-256 only. */
export type SessionRepository = ReturnType<typeof createSessionRepository>;

type Hash = Uint8Array<ArrayBuffer>;

export function createSessionRepository(database: Database) {
  return {
    /**
     * Starts a session with its first refresh token; returns its id. Null when the account is no longer active, or
     * no longer has the password that was compared: a comparison takes long. The lock keeps a change of the account
     * waiting until it can see the session, and us until we can see the change.
     */
    async create(
      account: { userId: number; passwordHash: string },
      expiresAt: Date,
      token: { hash: Hash; expiresAt: Date },
    ): Promise<string | null> {
      const [session] = await database.$queryRaw<{ id: string }[]>`
        WITH account AS (
          SELECT id FROM users
          WHERE id = ${account.userId} AND password_hash = ${account.passwordHash} AND is_active IS NOT FALSE
          FOR SHARE
        ), session AS (
          INSERT INTO sessions (user_id, expires_at) SELECT id, ${expiresAt}::timestamp FROM account RETURNING id
        )
        INSERT INTO refresh_tokens (token_hash, session_id, expires_at)
        SELECT ${token.hash}, id, least(${token.expiresAt}::timestamp, ${expiresAt}::timestamp) FROM session
        RETURNING session_id::text AS id`;
      return session?.id ?? null;
    },

    /**
     * Exchanges a refresh token for the next one, once: of two that come at the same time, one is a replay, which ends
     * the session; the next one expires with the session at the latest. Null for a replay, for a token that is unknown
     * or has expired, and for a session that has ended.
     */
    async rotate(
      hash: Hash,
      next: { hash: Hash; expiresAt: Date },
      now: Date,
    ): Promise<{ sessionId: string; userId: number } | null> {
      return database.$transaction(async (transaction) => {
        const token = await transaction.refreshToken.findUnique({
          where: { tokenHash: hash },
          include: { session: true },
        });
        if (token?.session.endedAt !== null || token.session.expiresAt <= now) return null;
        const { sessionId, session } = token;
        const { count } = await transaction.refreshToken.updateMany({
          where: { tokenHash: hash, usedAt: null },
          data: { usedAt: now },
        });
        if (count === 0) await endWhere(transaction, { id: sessionId }, 'replayed', now);
        if (count === 0 || token.expiresAt <= now) return null;
        const expiresAt = next.expiresAt < session.expiresAt ? next.expiresAt : session.expiresAt;
        await transaction.refreshToken.create({ data: { sessionId, tokenHash: next.hash, expiresAt } });
        return { sessionId, userId: session.userId };
      });
    },

    async end(sessionId: string, reason: SessionEnd, now: Date): Promise<void> {
      await endWhere(database, { id: sessionId }, reason, now);
    },

    /** Ends the session of a user that a refresh token belongs to, used or not. */
    async endByToken(userId: number, hash: Hash, reason: SessionEnd, now: Date): Promise<void> {
      await endWhere(database, { userId, refreshTokens: { some: { tokenHash: hash } } }, reason, now);
    },

    /** Ends all sessions of a user but one. */
    async endAll(
      transaction: Transaction,
      userId: number,
      reason: SessionEnd,
      now: Date,
      except?: string,
    ): Promise<void> {
      await endWhere(
        transaction,
        { userId, ...(except !== undefined && { NOT: { id: except } }) },
        reason,
        now,
      );
    },
  };
}

type SessionFilter = NonNullable<Parameters<Database['session']['updateMany']>[0]['where']>;

async function endWhere(
  database: Transaction,
  where: SessionFilter,
  reason: SessionEnd,
  now: Date,
): Promise<void> {
  await database.session.updateMany({
    where: { ...where, endedAt: null },
    data: { endedAt: now, endReason: reason },
  });
}
