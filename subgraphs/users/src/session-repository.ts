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
        SELECT ${token.hash}, id, ${token.expiresAt}::timestamp FROM session
        RETURNING session_id::text AS id`;
      return session?.id ?? null;
    },

    /**
     * Marks a refresh token as used, once: of two that come at the same time, one gets `'replayed'`. A token that is
     * unknown or has expired, and one of a session that has ended, gets null.
     */
    async useToken(
      hash: Hash,
      now: Date,
    ): Promise<{ sessionId: string; userId: number; expiresAt: Date } | 'replayed' | null> {
      const token = await database.refreshToken.findUnique({
        where: { tokenHash: hash },
        include: { session: true },
      });
      if (token?.session.endedAt !== null || token.session.expiresAt <= now) return null;
      const { count } = await database.refreshToken.updateMany({
        where: { tokenHash: hash, usedAt: null },
        data: { usedAt: now },
      });
      const { sessionId, session } = token;
      if (count === 0) {
        await endWhere(database, { id: sessionId }, 'replayed', now);
        return 'replayed';
      }
      return token.expiresAt <= now
        ? null
        : { sessionId, userId: session.userId, expiresAt: session.expiresAt };
    },

    async addToken(sessionId: string, token: { hash: Hash; expiresAt: Date }): Promise<void> {
      await database.refreshToken.create({
        data: { sessionId, tokenHash: token.hash, expiresAt: token.expiresAt },
      });
    },

    async end(sessionId: string, reason: SessionEnd, now: Date): Promise<void> {
      await endWhere(database, { id: sessionId }, reason, now);
    },

    /** Ends the session that a refresh token belongs to, used or not. */
    async endByToken(hash: Hash, reason: SessionEnd, now: Date): Promise<void> {
      await endWhere(database, { refreshTokens: { some: { tokenHash: hash } } }, reason, now);
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
