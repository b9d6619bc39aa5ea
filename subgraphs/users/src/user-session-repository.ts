import { countLimit, type PageRequest } from '@caregraph/service-kit';
import type { Database } from './database.js';
import { Prisma } from './generated/prisma/client.js';
import { endReasonMapping } from './session.js';
import type { UserSession } from './user-session.js';

/** The sort key of a list of sessions: to the microsecond, which a `Date` would lose. */
export type UserSessionKey = readonly [createdAt: string, id: string];

/** A session in a list, with what sorts it. */
export interface ListedSession {
  readonly session: UserSession;
  readonly key: UserSessionKey;
}

/** Which sessions a list holds. */
export interface UserSessionConditions {
  readonly userId: number;
  /** Whether it lasts; null for both. */
  readonly isActive: boolean | null;
  readonly now: Date;
}

/** Reads sessions for people. */
export type UserSessionRepository = ReturnType<typeof createUserSessionRepository>;

export function createUserSessionRepository(database: Database) {
  return {
    async find(id: string): Promise<UserSession | null> {
      const [row] = await database.$queryRaw<Row[]>`SELECT ${columns} FROM sessions WHERE id = ${id}::uuid`;
      return row === undefined ? null : toUserSession(row).session;
    },

    /** The latest login first; one row more than the page, so that the caller sees whether another page follows. */
    async list(
      conditions: UserSessionConditions,
      { first, after }: PageRequest<UserSessionKey>,
    ): Promise<ListedSession[]> {
      const onward =
        after === null
          ? Prisma.empty
          : Prisma.sql`AND (created_at, id) < (${after[0]}::timestamp, ${after[1]}::uuid)`;
      const rows = await database.$queryRaw<Row[]>`
        SELECT ${columns} FROM sessions WHERE ${where(conditions)} ${onward}
        ORDER BY created_at DESC, id DESC LIMIT ${first + 1}`;
      return rows.map(toUserSession);
    },

    /** How many sessions meet the conditions; null when there are too many to count cheaply. */
    async count(conditions: UserSessionConditions): Promise<number | null> {
      const [row] = await database.$queryRaw<{ count: number }[]>`
        SELECT count(*)::integer AS count
        FROM (SELECT 1 FROM sessions WHERE ${where(conditions)} LIMIT ${countLimit + 1}) AS counted`;
      return row === undefined || row.count > countLimit ? null : row.count;
    },
  };
}

type Row = Omit<UserSession, 'endReason'> & { readonly endReason: string | null; readonly sortedBy: string };

const columns = Prisma.sql`id::text, user_id AS "userId", created_at AS "createdAt", created_at::text AS "sortedBy",
  last_used_at AS "lastUsedAt", renewable_until AS "expiresAt", ended_at AS "endedAt", end_reason AS "endReason",
  address, user_agent AS "userAgent"`;

function where({ userId, isActive, now }: UserSessionConditions): Prisma.Sql {
  const lasts = Prisma.sql`(ended_at IS NULL AND renewable_until > ${now}::timestamp)`;
  const active = isActive === null ? Prisma.sql`true` : isActive ? lasts : Prisma.sql`NOT ${lasts}`;
  return Prisma.sql`user_id = ${userId} AND ${active}`;
}

function toUserSession({ sortedBy, endReason, ...row }: Row): ListedSession {
  return {
    session: { ...row, endReason: endReason === null ? null : endReasonMapping.fromColumn(endReason) },
    key: [sortedBy, row.id],
  };
}
