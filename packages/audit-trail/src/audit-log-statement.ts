import { countLimit, type PageRequest } from '@caregraph/service-kit';

/** The sort key of a list of entries: when one was made, to the microsecond, and its number, both as text. */
export type AuditLogKey = readonly [recordedAt: string, id: string];

/** Which entries a list holds; a null condition holds for every entry. Actions, outcomes and record types as the table has them. */
export interface AuditLogConditions {
  readonly from: Date | null;
  readonly to: Date | null;
  readonly actions: readonly string[] | null;
  readonly outcomes: readonly string[] | null;
  readonly userId: number | null;
  readonly patientId: number | null;
  readonly recordTypes: readonly string[] | null;
  readonly requestId: string | null;
}

/** A statement as `pg` takes it. Without a name, so that it is planned for its very values: some are rare. */
export interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

/** Selects a page, and one entry more: the newest first. The page is cut before its seals are looked up. */
export function auditLogStatement(
  conditions: AuditLogConditions,
  { first, after }: PageRequest<AuditLogKey>,
): Statement {
  const { clauses, values, place } = where(conditions);
  const rest =
    after === null ? [] : [`(recorded_at, id) < (${place(after[0])}::timestamp, ${place(after[1])}::bigint)`];
  return {
    text: `/* audit */
      SELECT entry.id::text, to_char(recorded_at, 'YYYY-MM-DD"T"HH24:MI:SS.US') AS "recordedAt", action, outcome,
        record_type AS "recordType", record_ids AS "recordIds", ${ranges('record_ranges')} AS "recordRanges",
        record_count AS "recordCount", patient_ids::text[] AS "patientIds",
        ${ranges('patient_ranges')} AS "patientRanges", fields, operation, code, actor_kind AS "actorKind",
        actor_user_id AS "actorUserId", actor_role AS "actorRole", actor_name AS "actorName",
        session_id AS "sessionId", address, user_agent AS "userAgent", request_id AS "requestId",
        database_role AS "databaseRole", sequence::text
      FROM (
        SELECT * FROM audit_entries WHERE ${[...clauses, ...rest].join(' AND ')}
        ORDER BY recorded_at DESC, id DESC LIMIT ${place(first + 1)}
      ) AS entry
      LEFT JOIN audit_seals ON entry_id = entry.id
      ORDER BY recorded_at DESC, entry.id DESC`,
    values,
  };
}

/** Counts the entries that meet the conditions, up to one more than `countLimit`. */
export function auditLogCountStatement(conditions: AuditLogConditions): Statement {
  const { clauses, values, place } = where(conditions);
  return {
    text: `/* audit */
      SELECT count(*)::integer AS count FROM (
        SELECT 1 FROM audit_entries WHERE ${clauses.join(' AND ')} LIMIT ${place(countLimit + 1)}
      ) AS counted`,
    values,
  };
}

interface Conditions extends Statement {
  readonly clauses: readonly string[];
  /** Adds a value, and says how the text refers to it. */
  readonly place: (value: unknown) => string;
}

function where(conditions: AuditLogConditions): Omit<Conditions, 'text'> {
  const { from, to, actions, outcomes, userId, patientId, recordTypes, requestId } = conditions;
  const values: unknown[] = [];
  const place = (value: unknown): string => `$${values.push(value)}`;
  const clauses = [
    'true',
    ...(from === null ? [] : [`recorded_at >= ${place(inUtc(from))}::timestamp`]),
    ...(to === null ? [] : [`recorded_at < ${place(inUtc(to))}::timestamp`]),
    ...(actions === null ? [] : [`action = ANY(${place(actions)}::text[])`]),
    ...(outcomes === null ? [] : [`outcome = ANY(${place(outcomes)}::text[])`]),
    ...(userId === null ? [] : [`actor_user_id = ${place(userId)}::integer`]),
    ...(patientId === null ? [] : [isAbout(place(patientId))]),
    ...(recordTypes === null ? [] : [`record_type = ANY(${place(recordTypes)}::text[])`]),
    ...(requestId === null ? [] : [`request_id = ${place(requestId)}`]),
  ];
  return { clauses, values, place };
}

/** An entry names the patient, or is about so many that it has their ranges. */
function isAbout(patientId: string): string {
  return `(patient_ids @> ARRAY[${patientId}::integer] OR patient_ranges @> ${patientId}::bigint)`;
}

/** The first hundred ranges of a column as texts such as `1-5000` and `7`; of a column without any, none. */
function ranges(column: string): string {
  return `ARRAY(
    SELECT concat_ws('-', lower(range), NULLIF(upper(range) - 1, lower(range)))
    FROM unnest(${column}) AS range LIMIT 100)`;
}

/** The columns hold UTC without saying so. */
function inUtc(instant: Date): string {
  return instant.toISOString().slice(0, -1);
}
