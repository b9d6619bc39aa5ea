import { randomFillSync } from 'node:crypto';
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

/**
 * What an attestation of an entry that the service wrote is made over: all of it but what the database adds. `writeEntry`
 * writes the same.
 */
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

/**
 * The value of the setting `caregraph.audit_context`, by which a transaction says on whose behalf it changes data: see
 * `audit_table` in the migrations.
 */
export function changeContextOf(service: ServiceName, origin: Origin, key: AuditKey): string {
  return JSON.stringify({ ...origin, ...attest(key, (at) => attestedOrigin(service, origin, at)) });
}

/**
 * What stands for a text that may not be kept, such as what somebody typed as their e-mail address: the same for the
 * same text, so that attempts can be seen to belong together, and useless to whoever has the database alone. 128 bits
 * of the key's HMAC, over a form that neither of the two texts above can have.
 */
export function pseudonymOf(service: ServiceName, text: string, key: AuditKey): string {
  return key
    .attest(JSON.stringify(['pseudonym', service, text]))
    .subarray(0, 16)
    .toString('base64url');
}

/** How many random bytes an attestation begins with. */
export const nonceLength = 8;

/** Random bytes cost a tenth of the time when they are fetched by the thousand. */
const randomPool = Buffer.alloc(512 * nonceLength);
let randomPoolUsed = randomPool.length;

function freshNonce(): Buffer {
  if (randomPoolUsed === randomPool.length) {
    randomFillSync(randomPool);
    randomPoolUsed = 0;
  }
  randomPoolUsed += nonceLength;
  return Buffer.from(randomPool.subarray(randomPoolUsed - nonceLength, randomPoolUsed));
}

/** Vouches for a text, which is one of the first two above. */
export function attest(key: AuditKey, textAt: (attestedAt: string) => string, now = new Date()): Attestation {
  const attestedAt = now.toISOString();
  const attestation = attestationOf(textAt(attestedAt), freshNonce(), key);
  return { attestedAt, attestation: attestation.toString('base64') };
}

/**
 * The nonce, and the key's HMAC of it and the text. Two entries have never been given the same one, however alike they
 * are: where it is there twice, an entry was copied.
 */
export function attestationOf(text: string, nonce: Buffer, key: AuditKey): Buffer {
  return Buffer.concat([nonce, key.attest(`${nonce.toString('hex')} ${text}`)]);
}

/** Who acted and from where, in the order in which it is attested. */
export function originParts(origin: Origin): unknown[] {
  const { actorKind, actorUserId, actorRole, actorName, sessionId, address, userAgent, requestId } = origin;
  return [actorKind, actorUserId, actorRole, actorName, sessionId, address, userAgent, requestId];
}
