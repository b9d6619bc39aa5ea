import type { Connection } from './connect.js';

/** What the tests look at of an entry; the rest of it is in `everything`. */
export interface ReadEntry {
  readonly source: string;
  readonly action: string;
  readonly outcome: string;
  readonly operation: string;
  readonly recordType: string;
  readonly recordIds: string[];
  readonly recordRanges: string | null;
  readonly recordCount: number;
  readonly patientIds: number[];
  readonly patientRanges: string | null;
  readonly fields: string[];
  readonly actorKind: string;
  readonly actorUserId: number | null;
  readonly actorName: string | null;
  readonly databaseRole: string;
  /** The whole entry as JSON. */
  readonly everything: string;
}

/** All entries, or those about one table, in the order of their ids; the keys within one in order. */
export function readEntries(connection: Connection, recordType?: string): Promise<ReadEntry[]> {
  return connection.query<ReadEntry>(
    `SELECT source, action, outcome, operation, record_type AS "recordType",
       ARRAY(SELECT unnest(record_ids) ORDER BY 1) AS "recordIds", record_ranges::text AS "recordRanges",
       record_count AS "recordCount", ARRAY(SELECT unnest(patient_ids) ORDER BY 1) AS "patientIds",
       patient_ranges::text AS "patientRanges", ARRAY(SELECT unnest(fields) ORDER BY 1) AS fields,
       actor_kind AS "actorKind", actor_user_id AS "actorUserId", actor_name AS "actorName",
       database_role AS "databaseRole", row_to_json(audit_entries)::text AS everything
     FROM audit_entries WHERE $1::text IS NULL OR record_type = $1 ORDER BY id`,
    [recordType ?? null],
  );
}
