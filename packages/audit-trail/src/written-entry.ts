import type { ServiceName } from '@caregraph/service-kit';
import { attest, originParts, type Attestation } from './attestation.js';
import { actionMapping, outcomeMapping, storable, type AuditEvent, type Origin } from './audit-entry.js';
import type { AuditKey } from './audit-keys.js';

/**
 * An entry as a service writes it: a JSON object with the columns that `insertStatement` names. A text, so that
 * little is kept while a request waits for its entry.
 */
export type WrittenEntry = string;

/** An origin, in the two forms in which entries have it: as what is attested, and as columns. */
export interface WrittenOrigin {
  readonly origin: Origin;
  readonly attested: string;
  readonly columns: string;
}

/** The forms of an origin, for all the entries that have it. */
export function writeOrigin(origin: Origin): WrittenOrigin {
  return {
    origin,
    attested: withoutBrackets(JSON.stringify(originParts(origin))),
    columns: withoutBrackets(JSON.stringify(origin)),
  };
}

/**
 * The entry of an event, whoever caused it from wherever, with the service's word for it. Each value becomes text once,
 * for both what is attested, of which `attestedEntry` makes the same again, and the columns.
 */
export function writeEntry(
  service: ServiceName,
  event: AuditEvent,
  { origin, ...written }: WrittenOrigin,
  key: AuditKey,
): WrittenEntry {
  const { claimedName } = event;
  const { attested, columns } =
    claimedName === undefined ? written : writeOrigin({ ...origin, actorName: claimedName });
  const ids = event.recordIds ?? [];
  const action = JSON.stringify(actionMapping.toColumn(event.action));
  const outcome = JSON.stringify(outcomeMapping.toColumn(event.outcome));
  const recordType = JSON.stringify(event.recordType ?? null);
  const recordIds = JSON.stringify(ids.map((id) => (typeof id === 'number' ? String(id) : storable(id))));
  const recordCount = event.recordCount ?? ids.length;
  const patientIds = JSON.stringify(event.patientIds ?? []);
  const fields = JSON.stringify(event.fields ?? []);
  const operation = JSON.stringify(event.operation ?? null);
  const code = JSON.stringify(event.code ?? null);
  const { attestedAt, attestation }: Attestation = attest(
    key,
    (at) =>
      `["entry","${service}",${action},${outcome},${recordType},${recordIds},${recordCount},${patientIds},` +
      `${fields},${operation},${code},${attested},"${at}"]`,
  );
  return (
    `{"action":${action},"outcome":${outcome},"recordType":${recordType},"recordIds":${recordIds},` +
    `"recordCount":${recordCount},"patientIds":${patientIds},"fields":${fields},"operation":${operation},` +
    `"code":${code},${columns},"attestedAt":"${attestedAt}","attestation":"${attestation}"}`
  );
}

function withoutBrackets(json: string): string {
  return json.slice(1, -1);
}
