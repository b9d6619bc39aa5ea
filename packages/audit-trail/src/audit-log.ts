import {
  countLimit,
  isStorable,
  parseId,
  parsePage,
  toConnection,
  type Connection,
  type ConnectionArguments,
} from '@caregraph/service-kit';
import { actionMapping, outcomeMapping, type AuditAction, type AuditOutcome } from './audit-entry.js';
import {
  auditLogKey,
  keyOf,
  toAuditLogEntry,
  type AuditLogEntry,
  type AuditLogRow,
} from './audit-log-entry.js';
import {
  auditLogCountStatement,
  auditLogStatement,
  type AuditLogConditions,
  type Statement,
} from './audit-log-statement.js';
import { columnNamesOf } from './record-types.js';

/** Which entries somebody asks for, as the API's `AuditLogFilter` hands it over. */
export interface AuditLogFilter {
  readonly from?: Date | null | undefined;
  readonly to?: Date | null | undefined;
  readonly actions?: readonly AuditAction[] | null | undefined;
  readonly outcomes?: readonly AuditOutcome[] | null | undefined;
  readonly userId?: string | null | undefined;
  readonly patientId?: string | null | undefined;
  readonly recordType?: string | null | undefined;
  readonly requestId?: string | null | undefined;
}

/** A page of entries, the newest first. */
export type AuditLogPage = Connection<AuditLogEntry>;

/** What there is to read of a trail. Who may read it is for the access policy to say. */
export interface AuditLog {
  /** The entries that meet a filter. Throws `BAD_USER_INPUT` as `parsePage` does. */
  list(
    list: ConnectionArguments & { readonly filter?: AuditLogFilter | null | undefined },
  ): Promise<AuditLogPage>;
}

/** Sends a statement to the trail's database. */
export type RunStatement = <Row extends object>(statement: Statement) => Promise<Row[]>;

/** Reads a trail. */
export function createAuditLog(run: RunStatement): AuditLog {
  return {
    async list({ filter, ...connection }) {
      const page = parsePage(connection, auditLogKey);
      const conditions = parseConditions(filter ?? {});
      const rows = conditions === null ? [] : await run<AuditLogRow>(auditLogStatement(conditions, page));
      return toConnection(
        rows,
        page,
        keyOf,
        () => (conditions === null ? Promise.resolve(0) : count(run, conditions)),
        toAuditLogEntry,
      );
    },
  };
}

async function count(run: RunStatement, conditions: AuditLogConditions): Promise<number | null> {
  const [row] = await run<{ count: number }>(auditLogCountStatement(conditions));
  return row === undefined || row.count > countLimit ? null : row.count;
}

/** The conditions of a filter; null when no entry can meet it: an impossible id, text that none can have. */
function parseConditions(filter: AuditLogFilter): AuditLogConditions | null {
  const userId = filter.userId == null ? null : parseId(filter.userId);
  const patientId = filter.patientId == null ? null : parseId(filter.patientId);
  const recordType = filter.recordType ?? null;
  const requestId = filter.requestId ?? null;
  if (filter.userId != null && userId === null) return null;
  if (filter.patientId != null && patientId === null) return null;
  if (![recordType ?? '', requestId ?? ''].every(isStorable)) return null;
  return {
    from: filter.from ?? null,
    to: filter.to ?? null,
    actions: filter.actions?.map(actionMapping.toColumn) ?? null,
    outcomes: filter.outcomes?.map(outcomeMapping.toColumn) ?? null,
    userId,
    patientId,
    recordTypes: recordType === null ? null : columnNamesOf(recordType),
    requestId,
  };
}
