import type { AuditRecorder } from '@caregraph/audit-trail';
import { mayAct, policy } from '@caregraph/access-policy';
import {
  parseId,
  parsePage,
  toConnection,
  type ConnectionArguments,
  type Viewer,
} from '@caregraph/service-kit';
import { z } from 'zod';
import { transact, type Database } from './database.js';
import type { RevokeAllSessionsInput, RevokeSessionInput, UserSessionFilter } from './generated/graphql.js';
import { revoked, sessionsShown } from './session-events.js';
import type { SessionRepository } from './session-repository.js';
import type { UserRepository } from './user-repository.js';
import {
  notFound,
  type RevocationOutcome,
  type RevocationsOutcome,
  type UserSession,
  type UserSessionConnection,
} from './user-session.js';
import type {
  ListedSession,
  UserSessionConditions,
  UserSessionKey,
  UserSessionRepository,
} from './user-session-repository.js';

/** As PostgreSQL prints a timestamp. */
const printedTimestamp = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$/;
const sessionId = z.uuid();
const sessionKey: z.ZodType<UserSessionKey> = z.tuple([z.string().regex(printedTimestamp), sessionId]);

/** What people may see and do about logins: everyone about the own ones, administrators about anyone's. */
export type UserSessionService = ReturnType<typeof createUserSessionService>;

interface Dependencies {
  readonly database: Database;
  readonly audit: AuditRecorder;
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly userSessions: UserSessionRepository;
}

export function createUserSessionService({ database, audit, users, sessions, userSessions }: Dependencies) {
  return {
    async list(
      viewer: Viewer,
      userId: string | null | undefined,
      filter: UserSessionFilter | null | undefined,
      connection: ConnectionArguments,
    ): Promise<UserSessionConnection> {
      const page = parsePage(connection, sessionKey);
      const owner = ownerOf(viewer, userId);
      const mayFind = owner !== null && mayAct(viewer, policy.find.session, owner);
      const conditions: UserSessionConditions | null = mayFind
        ? {
            userId: owner,
            isActive: filter?.isActive === undefined ? true : filter.isActive,
            now: new Date(),
          }
        : null;
      const shown = toConnection<ListedSession, UserSessionKey, UserSession>(
        conditions === null ? [] : await userSessions.list(conditions, page),
        page,
        ({ key }) => key,
        () => (conditions === null ? Promise.resolve(0) : userSessions.count(conditions)),
        ({ session }) => session,
      );
      if (viewer.kind !== 'user' || owner !== viewer.id) {
        const ids = mayFind ? shown.edges.map(({ node }) => node.id) : null;
        audit.note(
          sessionsShown(ids, ['userId', ...Object.keys(filter ?? {}).map((name) => `filter.${name}`)]),
        );
      }
      return shown;
    },

    async revoke(viewer: Viewer, input: RevokeSessionInput): Promise<RevocationOutcome> {
      const id = sessionId.safeParse(input.id);
      const found = id.success ? await userSessions.find(id.data) : null;
      if (found === null || !mayAct(viewer, policy.mutate.revokeSession, found.userId)) {
        return { userSession: null, ...notFound('There is no such session.', 'id') };
      }
      const ended = await transact(database, audit, (transaction) =>
        sessions.end(transaction, found.id, 'REVOKED', new Date()),
      );
      audit.note(revoked('Mutation.revokeSession', found.userId, ended ? 1 : 0));
      return { userSession: await userSessions.find(found.id), userErrors: [] };
    },

    async revokeAll(viewer: Viewer, input: RevokeAllSessionsInput): Promise<RevocationsOutcome> {
      const owner = ownerOf(viewer, input.userId);
      const mayRevoke = owner !== null && mayAct(viewer, policy.mutate.revokeAllSessions, owner);
      const [user] = mayRevoke ? await users.findMany([owner]) : [];
      if (user == null) return { revokedCount: null, ...notFound('There is no such user.', 'userId') };
      const current = input.keepCurrent === true && viewer.kind === 'user' ? viewer.sessionId : undefined;
      const revokedCount = await transact(database, audit, (transaction) =>
        sessions.endAll(transaction, user.id, 'REVOKED', new Date(), current),
      );
      audit.note(revoked('Mutation.revokeAllSessions', user.id, revokedCount));
      return { revokedCount, userErrors: [] };
    },
  };
}

/** Whose sessions are meant; null where no user can be. */
function ownerOf(viewer: Viewer, userId: string | null | undefined): number | null {
  if (userId != null) return parseId(userId);
  return viewer.kind === 'user' ? viewer.id : null;
}
