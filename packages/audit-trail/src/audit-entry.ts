import { defineEnumMapping, type CallContext, type Viewer } from '@caregraph/service-kit';

/** What was done, as the API names it ↔ `audit_entries.action`. */
export const actionMapping = defineEnumMapping({
  READ: 'read',
  SEARCH: 'search',
  CREATE: 'create',
  UPDATE: 'update',
  DELETE: 'delete',
  EXECUTE: 'execute',
  LOGIN: 'login',
  REFRESH_SESSION: 'refresh-session',
  LOGOUT: 'logout',
  REVOKE_SESSION: 'revoke-session',
  CHANGE_PASSWORD: 'change-password',
  SECURITY_ALERT: 'security-alert',
  POLICY_CHANGE: 'policy-change',
  OVERRIDE: 'override',
});
export type AuditAction = Parameters<typeof actionMapping.toColumn>[0];

/** How it ended, as the API names it ↔ `audit_entries.outcome`. */
export const outcomeMapping = defineEnumMapping({
  SUCCESS: 'success',
  DENIED: 'denied',
  NOT_FOUND: 'not-found',
  FAILURE: 'failure',
});
export type AuditOutcome = Parameters<typeof outcomeMapping.toColumn>[0];

/** Something that is worth an entry. Never holds a value of a record: kinds, keys, names of fields, counts. */
export interface AuditEvent {
  readonly action: AuditAction;
  readonly outcome: AuditOutcome;
  /** The GraphQL type of the records. */
  readonly recordType?: string;
  readonly recordIds?: readonly (string | number)[];
  /** How many records, where not all of them are named; by default as many as `recordIds`. */
  readonly recordCount?: number;
  /** The patients whom it is about. */
  readonly patientIds?: readonly number[];
  /** The fields that were given out or refused; of a search, the conditions that it had. */
  readonly fields?: readonly string[];
  /** The coordinate of the GraphQL field, such as `Mutation.login`. */
  readonly operation?: string;
  /** Why it ended so, such as `INVALID_CREDENTIALS`. */
  readonly code?: string;
  /** Who did it, where that is not the viewer of the request: a login's user. */
  readonly viewer?: Viewer;
  /** Who somebody unknown claimed to be, as a pseudonym. */
  readonly claimedName?: string;
}

/** Who acted, from where, and as a part of which request: columns of `audit_entries`. */
export interface Origin {
  readonly actorKind: Viewer['kind'];
  readonly actorUserId: number | null;
  readonly actorRole: string | null;
  /** The service, where one asked in its own name; the pseudonym of a claimed name, where nobody has proved one. */
  readonly actorName: string | null;
  readonly sessionId: string | null;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
}

/** An entry with its origin: the columns of `audit_entries` that a service fills in, but for its attestation. */
export interface EntryContent extends Origin {
  readonly action: string;
  readonly outcome: string;
  readonly recordType: string | null;
  readonly recordIds: readonly string[];
  readonly recordCount: number;
  readonly patientIds: readonly number[];
  readonly fields: readonly string[];
  readonly operation: string | null;
  readonly code: string | null;
}

/** Where a call comes from, for its entries. */
export function originOf({ viewer, client, requestId }: CallContext): Origin {
  const isUser = viewer.kind === 'user';
  return {
    actorKind: viewer.kind,
    actorUserId: isUser ? viewer.id : null,
    actorRole: isUser ? viewer.role : null,
    actorName: viewer.kind === 'service' ? viewer.name : null,
    sessionId: isUser ? viewer.sessionId : null,
    address: client.address === null ? null : storable(client.address),
    userAgent: client.userAgent === null ? null : storable(client.userAgent),
    requestId: storable(requestId),
  };
}

/** How much of a text that a client chose is kept, in UTF-16 units. */
const longestText = 500;

/** PostgreSQL stores neither NUL nor half a character, and no client decides how long an entry becomes. */
export function storable(text: string): string {
  return text.slice(0, longestText).toWellFormed().replaceAll('\0', '\uFFFD');
}
