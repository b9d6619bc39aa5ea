import type { Database, Transaction } from './database.js';

/** Why a session ended. */
export type SessionEnd = 'logout' | 'replayed' | 'password-changed' | 'password-reset' | 'deactivated';

/** The only place that knows how sessions and refresh tokens are kept. Tokens are known by their SHA-256 only. */
export type SessionRepository = ReturnType<typeof createSessionRepository>;

type Hash = Uint8Array<ArrayBuffer>;

export function createSessionRepository(database: Database) {
  return {
    /** Starts a session with its first refresh token; returns its id. */
    async create(userId: number, expiresAt: Date, token: { hash: Hash; expiresAt: Date }): Promise<string> {
      const { id } = await database.session.create({
        data: {
          userId,
          expiresAt,
          refreshTokens: { create: { tokenHash: token.hash, expiresAt: token.expiresAt } },
        },
        select: { id: true },
      });
      return id;
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
