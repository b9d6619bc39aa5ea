import type { ServiceName } from '@caregraph/service-kit';
import { attestedEntry, attestedOrigin } from './attestation.js';
import type { AuditKey } from './audit-keys.js';
import type { Origin } from './audit-entry.js';
import { describeEntry, readCanonical, type EntryColumns, type Finding } from './verify-finding.js';

/** How far the clocks of a service and its database, and the length of a transaction, may put two times apart, in ms. */
const tolerance = 5 * 60_000;

/**
 * Whether the service vouches for an entry that says who acted: for all of it where the service wrote it, for who acted
 * where a trigger did. Null where it does, and where a trigger says no more than the role of the database.
 */
export function checkAttestation(
  entryId: string,
  canonical: string,
  service: ServiceName,
  keys: readonly AuditKey[],
): Finding | null {
  const entry = readCanonical(canonical);
  const at = describeEntry(entryId, canonical);
  if (entry === null) {
    return { kind: 'unattested', ...at, detail: 'It holds what neither a service nor a trigger writes.' };
  }
  const { actor_kind: actorKind, attested_at: attestedAt, attestation } = entry;
  if (actorKind === 'database') {
    return entry.source === 'trigger' && attestation === null && entry.actor_user_id === null
      ? null
      : { kind: 'unattested', ...at, detail: 'It mixes what a service and what a trigger says.' };
  }
  if (attestedAt === null || attestation === null) {
    return { kind: 'unattested', ...at, detail: 'It says who acted, and no service vouches for it.' };
  }
  const time = new Date(`${attestedAt}Z`);
  const text = Number.isNaN(time.getTime())
    ? null
    : attestedText(entry, actorKind, service, time.toISOString());
  if (text === null || !keys.some((key) => key.attest(text).toString('hex') === attestation)) {
    return {
      kind: 'unattested',
      ...at,
      detail: 'The service has not vouched for this, but for something else.',
    };
  }
  const apart = Math.abs(new Date(`${entry.recorded_at}Z`).getTime() - time.getTime());
  if (apart <= tolerance) return null;
  return {
    kind: 'attested-at-another-time',
    ...at,
    detail: `The service has vouched for it at ${attestedAt}, ${Math.round(apart / 60_000)} minutes from its time.`,
  };
}

function attestedText(
  entry: EntryColumns,
  actorKind: Origin['actorKind'],
  service: ServiceName,
  attestedAt: string,
): string {
  const origin: Origin = {
    actorKind,
    actorUserId: entry.actor_user_id,
    actorRole: entry.actor_role,
    actorName: entry.actor_name,
    sessionId: entry.session_id,
    address: entry.address,
    userAgent: entry.user_agent,
    requestId: entry.request_id,
  };
  if (entry.source === 'trigger') return attestedOrigin(service, origin, attestedAt);
  const { action, outcome, fields, operation, code } = entry;
  const records = {
    recordType: entry.record_type,
    recordIds: entry.record_ids,
    recordCount: entry.record_count,
  };
  const content = {
    ...origin,
    ...records,
    action,
    outcome,
    patientIds: entry.patient_ids,
    fields,
    operation,
    code,
  };
  return attestedEntry(service, content, attestedAt);
}
