import type { AuditEvent } from '@caregraph/audit-trail';
import type { Viewer } from '@caregraph/service-kit';
import type { UserServiceErrorCode } from './generated/graphql.js';

/** What is worth an entry about logins, their sessions and their passwords. No text that somebody typed is in one. */

/** Somebody who has logged in. */
export type SessionHolder = Viewer & { readonly kind: 'user' };

/** A login: who it was, and the session that began. */
export function loggedIn(viewer: SessionHolder): AuditEvent {
  return { ...ofSession(viewer.sessionId), action: 'LOGIN', outcome: 'SUCCESS', operation: login, viewer };
}

/** Why a login failed: more than the client is told. */
export type LoginFailure = 'INVALID_CREDENTIALS' | 'ACCOUNT_CLOSED' | 'TOO_MANY_ATTEMPTS';

/**
 * A login that failed. `claimedName` is the pseudonym of the address, since people type passwords there; `userId` is
 * the account that has the address, where that was looked up and there is one.
 */
export function loginFailed(code: LoginFailure, claimedName: string, userId: number | null): AuditEvent {
  const account = userId === null ? {} : ofUser(userId);
  return { ...account, action: 'LOGIN', outcome: 'FAILURE', code, claimedName, operation: login };
}

/** A session that goes on. */
export function refreshed(viewer: SessionHolder): AuditEvent {
  return {
    ...ofSession(viewer.sessionId),
    action: 'REFRESH_SESSION',
    outcome: 'SUCCESS',
    operation: refresh,
    viewer,
  };
}

/** Why a refresh failed: more than the client is told. */
export type RefreshFailure = 'UNKNOWN_TOKEN' | 'SESSION_OVER' | 'TOKEN_REPLAYED';

/** A refresh that failed; `sessionId` where the token is, or was, one of a session's. */
export function refreshFailed(code: RefreshFailure, sessionId: string | null): AuditEvent {
  const session = sessionId === null ? {} : ofSession(sessionId);
  return { ...session, action: 'REFRESH_SESSION', outcome: 'FAILURE', code, operation: refresh };
}

/** A used refresh token came again: thief and owner cannot be told apart, so nobody is named but the session's user. */
export function replayed(userId: number): AuditEvent {
  return {
    ...ofUser(userId),
    action: 'SECURITY_ALERT',
    outcome: 'FAILURE',
    code: 'TOKEN_REPLAYED',
    operation: refresh,
  };
}

/** A logout; null where there was no session to end any more. */
export function loggedOut(sessionId: string | null): AuditEvent {
  const operation = 'Mutation.logout';
  return sessionId === null
    ? { action: 'LOGOUT', outcome: 'NOT_FOUND', operation }
    : { ...ofSession(sessionId), action: 'LOGOUT', outcome: 'SUCCESS', operation };
}

/** The end of sessions that somebody asked for: whose, and how many. Which they were, say the entries of the change. */
export function revoked(
  operation: 'Mutation.revokeSession' | 'Mutation.revokeAllSessions',
  userId: number,
  recordCount: number,
): AuditEvent {
  return { ...ofUser(userId), action: 'REVOKE_SESSION', outcome: 'SUCCESS', recordCount, operation };
}

/** Sessions of somebody else that were shown; null where the viewer may see none. */
export function sessionsShown(
  sessionIds: readonly string[] | null,
  conditions: readonly string[],
): AuditEvent {
  return {
    action: 'SEARCH',
    outcome: sessionIds === null ? 'DENIED' : 'SUCCESS',
    recordType: 'UserSession',
    recordIds: sessionIds ?? [],
    fields: conditions,
    operation: 'Query.sessions',
  };
}

/** A password that was changed, or was not, for the reason that the client is told. */
export function passwordChanged(
  operation: 'Mutation.changePassword' | 'Mutation.resetPassword',
  userId: number,
  failure: UserServiceErrorCode | null,
): AuditEvent {
  const account = { ...ofUser(userId), action: 'CHANGE_PASSWORD', operation } as const;
  return failure === null
    ? { ...account, outcome: 'SUCCESS' }
    : { ...account, outcome: 'FAILURE', code: failure };
}

const login = 'Mutation.login';
const refresh = 'Mutation.refreshSession';

function ofSession(id: string) {
  return { recordType: 'UserSession', recordIds: [id] };
}

function ofUser(id: number) {
  return { recordType: 'User', recordIds: [id] };
}
