import type { Statement } from './audit-log-statement.js';
import type { WrittenEntry } from './written-entry.js';

const text = `/* audit */
  INSERT INTO audit_entries (
    action, outcome, record_type, record_ids, record_count, patient_ids, fields, operation, code, actor_kind,
    actor_user_id, actor_role, actor_name, session_id, address, user_agent, request_id, attested_at, attestation)
  SELECT action, outcome, "recordType", "recordIds", "recordCount", "patientIds", fields, operation, code,
    "actorKind", "actorUserId", "actorRole", "actorName", "sessionId", address, "userAgent", "requestId",
    "attestedAt", decode(attestation, 'base64')
  FROM json_to_recordset($1) AS entry (
    action text, outcome text, "recordType" text, "recordIds" text[], "recordCount" integer, "patientIds" integer[],
    fields text[], operation text, code text, "actorKind" text, "actorUserId" integer, "actorRole" text,
    "actorName" text, "sessionId" text, address text, "userAgent" text, "requestId" text, "attestedAt" timestamp,
    attestation text)`;

/** The statement that adds entries; all or none of them. */
export function insertStatement(entries: readonly WrittenEntry[]): Statement & { readonly name: string } {
  return { name: 'append_audit_entries', text, values: [`[${entries.join()}]`] };
}
