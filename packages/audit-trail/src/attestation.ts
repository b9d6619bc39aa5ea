import type { ServiceName } from '@caregraph/service-kit';
import type { AuditKey } from './audit-keys.js';
import type { EntryContent, Origin } from './audit-entry.js';

/** A service's word that it wrote something, and when by its own clock. */
export interface Attestation {
  /** `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  readonly attestedAt: string;
  /** Base64. */
  readonly attestation: string;
}

/** What an attestation of an entry that the service wrote is made over: all of it but what the database adds. */
export function attestedEntry(service: ServiceName, entry: EntryContent, attestedAt: string): string {
  return JSON.stringify([
    'entry',
    service,
    ...[entry.action, entry.outcome, entry.recordType, entry.recordIds, entry.recordCount, entry.patientIds],
    ...[entry.fields, entry.operation, entry.code],
    ...originParts(entry),
    attestedAt,
  ]);
}

/** What is attested for the entries that triggers write: who acts in a transaction. */
export function attestedOrigin(service: ServiceName, origin: Origin, attestedAt: string): string {
  return JSON.stringify(['origin', service, ...originParts(origin), attestedAt]);
}

/** Vouches for a text, which is one of the two above. */
export function attest(key: AuditKey, textAt: (attestedAt: string) => string, now = new Date()): Attestation {
  const attestedAt = now.toISOString();
  return { attestedAt, attestation: key.attest(textAt(attestedAt)).toString('base64') };
}

function originParts(origin: Origin): unknown[] {
  const { actorKind, actorUserId, actorRole, actorName, sessionId, address, userAgent, requestId } = origin;
  return [actorKind, actorUserId, actorRole, actorName, sessionId, address, userAgent, requestId];
}
