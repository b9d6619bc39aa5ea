import { fault, type Client, type Viewer } from '@caregraph/service-kit';
import type { Actor, Database, Transaction } from './database.js';
import type { SessionEndReason } from './generated/graphql.js';
import type { Prisma } from './generated/prisma/client.js';
import { endReasonMapping, type OpenSession } from './session.js';
import { toUser, userColumns, type SelectedUser } from './user-row.js';

/** The only place that knows how sessions begin and end. */
export type SessionRepository = ReturnType<typeof createSessionRepository>;

/** Sessions have identifiers of this form; whatever else a token says, it has no session that could end. */
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** A login whose password has been compared. */
interface NewSession {
  /** A UUID that no session has. */
  readonly id: string;
  readonly userId: number;
  /** The hash that the password was compared with. */
  readonly passwordHash: string;
  readonly client: Client;
  readonly refreshTokenHash: Uint8Array<ArrayBuffer>;
  readonly expiresAt: Date;
  readonly renewableUntil: Date;
}

export function createSessionRepository(database: Database) {
  return {
    /**
     * Starts a session with its first refresh token. Null when the account is no longer active, or no longer has the
     * password that was compared: a comparison takes long. The lock keeps a change of the account waiting until it
     * can see the session, and us until we can see the change: the user is answered as locked.
     */
    async create(transaction: Transaction, { client, ...login }: NewSession): Promise<OpenSession | null> {
      const [row] = await transaction.$queryRaw<(SelectedUser & { epoch: number; renewableUntil: Date })[]>`
        WITH account AS (
          SELECT ${userColumns} FROM users
          WHERE id = ${login.userId} AND password_hash = ${login.passwordHash} AND is_active IS NOT FALSE
          FOR SHARE
        ), session AS (
          INSERT INTO sessions (id, user_id, expires_at, renewable_until, address, user_agent)
          SELECT ${login.id}::uuid, id, ${login.expiresAt}::timestamp,
            least(${login.renewableUntil}::timestamp, ${login.expiresAt}::timestamp),
            ${client.address}, left(${client.userAgent}, 500)
          FROM account RETURNING id, token_epoch, renewable_until
        ), token AS (
          INSERT INTO refresh_tokens (token_hash, session_id, expires_at)
          SELECT ${login.refreshTokenHash}, id, renewable_until FROM session
        )
        SELECT account.*, token_epoch AS epoch, renewable_until AS "renewableUntil"
        FROM account, session`;
      if (row === undefined) return null;
      const { epoch, renewableUntil } = row;
      return { id: login.id, epoch, renewableUntil, user: toUser(row) };
    },

    /**
     * Throws `UNAUTHENTICATED`, which takes the transaction back, when the viewer's session has ended since the
     * request was admitted: hashing a password, and waiting for others to do so, takes long enough for that. It is
     * not locked, because two administrators who change each other's accounts would wait for each other.
     */
    async requireOpen(transaction: Transaction, viewer: Viewer): Promise<void> {
      if (viewer.kind !== 'user' || !uuid.test(viewer.sessionId)) return;
      const ended = await transaction.$queryRaw<unknown[]>`
        SELECT FROM sessions WHERE id = ${viewer.sessionId}::uuid AND ended_at IS NOT NULL`;
      if (ended.length > 0) throw fault('UNAUTHENTICATED', 'The session has ended; log in again.');
    },

    /** Ends a session, unless it is over; returns whether it did. */
    async end(
      transaction: Transaction,
      sessionId: string,
      reason: SessionEndReason,
      now: Date,
    ): Promise<boolean> {
      return (await endSessions(transaction, { id: sessionId }, reason, now)).length > 0;
    },

    /** Ends the session of a user that a refresh token belongs to, used or not; returns which, if it was not over. */
    async endByToken(
      transaction: Transaction,
      userId: number,
      tokenHash: Uint8Array<ArrayBuffer>,
      reason: SessionEndReason,
      now: Date,
    ): Promise<string | null> {
      const which = { userId, refreshTokens: { some: { tokenHash } } };
      return (await endSessions(transaction, which, reason, now))[0] ?? null;
    },

    /** Ends all sessions of a user but one; returns how many. */
    async endAll(
      transaction: Transaction,
      userId: number,
      reason: SessionEndReason,
      now: Date,
      except?: string,
    ): Promise<number> {
      const others = except === undefined ? {} : { NOT: { id: except } };
      return (await endSessions(transaction, { userId, ...others }, reason, now)).length;
    },

    /** Refuses the access tokens of a user's sessions, or of one of them, from now on; refresh tokens stay good. */
    async raiseEpochs(transaction: Transaction, userId: number, now: Date, only?: string): Promise<void> {
      await transaction.session.updateMany({
        where: { userId, endedAt: null, ...(only !== undefined && { id: only }) },
        data: { tokenEpoch: { increment: 1 }, tokensRevokedAt: now },
      });
    },

    /** The sessions whose access tokens were revoked since then, each with the smallest good epoch; null for none. */
    async listRevoked(since: Date): Promise<[id: string, epoch: number | null][]> {
      const rows = await database.$queryRaw<{ id: string; epoch: number | null }[]>`/* background */
        SELECT id::text, CASE WHEN ended_at IS NULL THEN token_epoch END AS epoch FROM sessions
        WHERE tokens_revoked_at > ${since}::timestamp ORDER BY tokens_revoked_at, id`;
      return rows.map(({ id, epoch }) => [id, epoch]);
    },

    /** Removes up to `limit` sessions that were over before then, with their refresh tokens; returns how many. */
    async removeOver(before: Date, limit: number, actor: Actor): Promise<number> {
      return database.$executeRaw`/* background */
        WITH actor AS MATERIALIZED (SELECT set_config('caregraph.audit_context', ${actor.changeContext()}, true))
        DELETE FROM sessions USING actor WHERE id IN (
          SELECT id FROM sessions WHERE least(ended_at, renewable_until) < ${before}::timestamp
          LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;
    },
  };
}

/** Ends those of the sessions that are not over yet, and returns which; one that has expired stays expired. */
export async function endSessions(
  transaction: Transaction,
  which: Prisma.SessionWhereInput,
  reason: SessionEndReason,
  now: Date,
  replay?: Client,
): Promise<string[]> {
  const ended = await transaction.session.updateManyAndReturn({
    where: { ...which, endedAt: null, renewableUntil: { gt: now } },
    data: {
      endedAt: now,
      endReason: endReasonMapping.toColumn(reason),
      tokensRevokedAt: now,
      ...(replay !== undefined && {
        replayAddress: replay.address,
        replayUserAgent: replay.userAgent?.slice(0, 500) ?? null,
      }),
    },
    select: { id: true },
  });
  return ended.map(({ id }) => id);
}
