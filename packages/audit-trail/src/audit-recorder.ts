import type { CallContext, ServiceName, Viewer } from '@caregraph/service-kit';
import { attest, attestedEntry, changeContextOf, pseudonymOf } from './attestation.js';
import { contentOf, originOf, type AuditEvent } from './audit-entry.js';
import type { AuditKey } from './audit-keys.js';
import type { EntryWriter } from './entry-writer.js';

/** A record that the trail is about. */
export interface AuditedRecord {
  /** Its GraphQL type. */
  readonly type: string;
  readonly id: number | string;
  /** The patient whom it is about; null where it is about none. */
  readonly patientId: number | null;
}

/** Notes what one request sees and tries, and writes it before the request is answered. */
export interface AuditRecorder {
  /** Notes that a field of a record is given out, or refused. */
  field(record: AuditedRecord, field: string, outcome: 'SUCCESS' | 'DENIED'): void;
  /** Notes anything else. */
  note(event: AuditEvent): void;
  /**
   * What a transaction says of itself, so that the entries of its changes name who acts: the value of the setting
   * `caregraph.audit_context`, for this transaction only. Of the request's viewer, unless another is given.
   */
  changeContext(viewer?: Viewer): string;
  /** What an entry may hold in place of a text that tells too much: see `pseudonymOf`. */
  pseudonym(text: string): string;
  /** Writes what has been noted. Where this fails, nothing that was noted may be given out. */
  write(): Promise<void>;
}

interface Dependencies {
  readonly service: ServiceName;
  readonly writer: EntryWriter;
  readonly key: AuditKey;
}

/** The recorder of one request. */
export function createAuditRecorder(
  call: CallContext,
  { service, writer, key }: Dependencies,
): AuditRecorder {
  let events: AuditEvent[] = [];
  let fields = new Map<string, NotedRecord>();

  return {
    field(record, field, outcome) {
      const place = `${outcome} ${record.type} ${record.id}`;
      const noted = fields.get(place);
      if (noted === undefined) fields.set(place, { record, outcome, fields: new Set([field]) });
      else noted.fields.add(field);
    },
    note(event) {
      events.push(event);
    },
    changeContext: (viewer = call.viewer) => changeContextOf(service, originOf({ ...call, viewer }), key),
    pseudonym: (text) => pseudonymOf(service, text, key),
    async write() {
      if (fields.size === 0 && events.length === 0) return;
      const entries = [...events, ...readsOf(fields.values())].map((event) => {
        const content = contentOf(event, call);
        return { ...content, ...attest(key, (at) => attestedEntry(service, content, at)) };
      });
      events = [];
      fields = new Map();
      await writer.append(entries);
    },
  };
}

interface NotedRecord {
  readonly record: AuditedRecord;
  readonly outcome: 'SUCCESS' | 'DENIED';
  readonly fields: Set<string>;
}

/** One event for all records of a type of which the same fields were read: a page is one entry. */
function readsOf(noted: Iterable<NotedRecord>): AuditEvent[] {
  const groups = new Map<string, NotedRecord[]>();
  for (const one of noted) {
    const key = `${one.outcome} ${one.record.type} ${[...one.fields].join()}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()].map((group) => ({
    action: 'READ',
    outcome: group[0]?.outcome ?? 'SUCCESS',
    recordType: group[0]?.record.type ?? '',
    recordIds: group.map(({ record }) => record.id),
    patientIds: [...new Set(group.flatMap(({ record: { patientId } }) => patientId ?? []))],
    fields: [...(group[0]?.fields ?? [])],
  }));
}
