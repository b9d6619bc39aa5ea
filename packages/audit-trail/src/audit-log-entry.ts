import { defineEnumMapping, roles, type Role, type Viewer } from '@caregraph/service-kit';
import { z } from 'zod';
import { actionMapping, outcomeMapping, type AuditAction, type AuditOutcome } from './audit-entry.js';
import type { AuditLogKey } from './audit-log-statement.js';
import { typeNameOf } from './record-types.js';

/** Who acted, as the API tells it; `userId` is whom its `user` is. */
export interface AuditActor {
  readonly kind: AuditActorKind;
  readonly userId: number | null;
  readonly role: Role | null;
  readonly name: string | null;
  readonly sessionId: string | null;
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** An entry as the API tells it. */
export interface AuditLogEntry {
  readonly id: string;
  readonly recordedAt: Date;
  /** Null for one that this version of the service has no name for. */
  readonly action: AuditAction | null;
  readonly outcome: AuditOutcome;
  /** A type of the API; of a table that is no type's, the table. */
  readonly recordType: string | null;
  readonly recordIds: readonly string[];
  readonly recordRanges: readonly string[];
  readonly recordCount: number;
  readonly patientIds: readonly string[];
  readonly patientRanges: readonly string[];
  readonly fields: readonly string[];
  readonly operation: string | null;
  readonly code: string | null;
  readonly actor: AuditActor;
  readonly requestId: string | null;
  readonly databaseRole: string;
  /** The number of its seal; null while it waits. */
  readonly sequence: string | null;
}

/** A row of the statement of the list. */
export interface AuditLogRow
  extends
    Omit<AuditLogEntry, 'recordedAt' | 'action' | 'outcome' | 'actor'>,
    Pick<AuditActor, 'sessionId' | 'address' | 'userAgent'> {
  /** In UTC, to the microsecond, without saying so. */
  readonly recordedAt: string;
  readonly action: string;
  readonly outcome: string;
  readonly actorKind: string;
  readonly actorUserId: number | null;
  readonly actorRole: string | null;
  readonly actorName: string | null;
}

/** What kind of actor acted, as the API names it ↔ `audit_entries.actor_kind`. */
const actorKindMapping = defineEnumMapping({
  USER: 'user',
  SERVICE: 'service',
  ANONYMOUS: 'anonymous',
  DATABASE: 'database',
} satisfies Record<string, Viewer['kind'] | 'database'>);
export type AuditActorKind = Parameters<typeof actorKindMapping.toColumn>[0];

const knownRole = z.enum(roles).nullable().catch(null);

/** The entry of a row. */
export function toAuditLogEntry(row: AuditLogRow): AuditLogEntry {
  const { actorKind, actorUserId, actorRole, actorName, sessionId, address, userAgent, ...entry } = row;
  return {
    ...entry,
    recordedAt: new Date(`${row.recordedAt}Z`),
    action: actionMapping.findName(row.action),
    outcome: outcomeMapping.fromColumn(row.outcome),
    recordType: row.recordType === null ? null : typeNameOf(row.recordType),
    actor: {
      kind: actorKindMapping.fromColumn(actorKind),
      userId: actorUserId,
      role: knownRole.parse(actorRole),
      name: actorName,
      sessionId,
      address,
      userAgent,
    },
  };
}

/** The place of a row in the list. */
export function keyOf({ recordedAt, id }: AuditLogRow): AuditLogKey {
  return [recordedAt, id];
}

/** What a cursor of the list holds. */
export const auditLogKey: z.ZodType<AuditLogKey> = z.tuple([
  // PostgreSQL has no year 0.
  z.iso.datetime({ local: true, precision: 6 }).refine((text) => !text.startsWith('0000')),
  z.string().regex(/^[1-9]\d{0,17}$/),
]);
