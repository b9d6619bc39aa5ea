import type { ServiceName } from '@caregraph/service-kit';
import { attestationOf, attestedEntry, attestedOrigin, nonceLength } from './attestation.js';
import type { AuditKey } from './audit-keys.js';
import type { EntryContent, Origin } from './audit-entry.js';
import { describeEntry, readCanonical, type EntryColumns, type Finding } from './verify-finding.js';

/** How far the clocks of a service and its database, and the length of a transaction, may put two times apart, in ms. */
const tolerance = 5 * 60_000;

/** What is wrong with what an entry says of its origin; null where nothing is. */
export type AttestationCheck = (entryId: string, canonical: string) => Finding | null;

/**
 * Whether the service vouches for an entry that says who acted: for all of it where the service wrote it, for who acted
 * where a trigger did. So it does not, and need not, where a trigger says no more than the role of the database.
 */
export function createAttestationCheck(service: ServiceName, keys: readonly AuditKey[]): AttestationCheck {
  /** Whoever has vouched for one entry has mostly vouched for the next, too. */
  let likely = keys.at(-1);

  function isAttested(text: string, attestation: string): boolean {
    const nonce = Buffer.from(attestation.slice(0, 2 * nonceLength), 'hex');
    const isBy = (key: AuditKey | undefined): boolean =>
      key !== undefined && attestationOf(text, nonce, key).toString('hex') === attestation;
    if (isBy(likely)) return true;
    const other = keys.find((key) => key !== likely && isBy(key));
    likely = other ?? likely;
    return other !== undefined;
  }

  return (entryId, canonical) => {
    const wrong = (kind: Finding['kind'], detail: string): Finding => ({
      kind,
      ...describeEntry(entryId, canonical),
      detail,
    });
    const entry = readCanonical(canonical);
    if (entry === null) return wrong('unattested', 'It holds what neither a service nor a trigger writes.');
    const { actor_kind: actorKind, attested_at: attestedAt, attestation } = entry;
    const hasRanges = entry.record_ranges !== null || entry.patient_ranges !== null;
    if (
      (actorKind === 'database' &&
        (entry.source !== 'trigger' || attestation !== null || entry.actor_user_id !== null)) ||
      (entry.source === 'service' && hasRanges)
    ) {
      return wrong('unattested', 'It mixes what a service and what a trigger says.');
    }
    if (actorKind === 'database') return null;
    if (attestedAt === null || attestation === null) {
      return wrong('unattested', 'It says who acted, and no service vouches for it.');
    }
    const time = new Date(`${attestedAt}Z`);
    if (
      Number.isNaN(time.getTime()) ||
      !isAttested(attestedText(entry, actorKind, service, time.toISOString()), attestation)
    ) {
      return wrong('unattested', 'The service has not vouched for this, but for something else.');
    }
    const apart = Math.abs(new Date(`${entry.recorded_at}Z`).getTime() - time.getTime());
    if (apart <= tolerance) return null;
    return wrong(
      'attested-at-another-time',
      `The service has vouched for it at ${attestedAt}, ${Math.round(apart / 60_000)} minutes from its time.`,
    );
  };
}

function attestedText(
  entry: EntryColumns,
  actorKind: Origin['actorKind'],
  service: ServiceName,
  attestedAt: string,
): string {
  // One literal: that objects are spread into each other costs more than all the rest.
  const content: EntryContent = {
    action: entry.action,
    outcome: entry.outcome,
    recordType: entry.record_type,
    recordIds: entry.record_ids,
    recordCount: entry.record_count,
    patientIds: entry.patient_ids,
    fields: entry.fields,
    operation: entry.operation,
    code: entry.code,
    actorKind,
    actorUserId: entry.actor_user_id,
    actorRole: entry.actor_role,
    actorName: entry.actor_name,
    sessionId: entry.session_id,
    address: entry.address,
    userAgent: entry.user_agent,
    requestId: entry.request_id,
  };
  return entry.source === 'trigger'
    ? attestedOrigin(service, content, attestedAt)
    : attestedEntry(service, content, attestedAt);
}
