import type { CallContext, ServiceName, Viewer } from '@caregraph/service-kit';
import { changeContextOf, pseudonymOf } from './attestation.js';
import { originOf, type AuditEvent } from './audit-entry.js';
import type { AuditKey } from './audit-keys.js';
import type { EntryWriter } from './entry-writer.js';
import type { AuditedType } from './audited-type.js';
import { createReadNotes } from './read-notes.js';
import { writeEntry, writeOrigin, type WrittenOrigin } from './written-entry.js';

/** Notes what one request sees and tries, and writes it before the request is answered. */
export interface AuditRecorder {
  /** Notes a field that is given out, or refused, or that a record is given out at all: see `ReadNotes`. */
  read(type: AuditedType, record: unknown, field: string | null, refusal: string | null): void;
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
  let ownOrigin: WrittenOrigin | undefined;
  let events: AuditEvent[] = [];
  let reads = createReadNotes();

  const originIn = (viewer: Viewer | undefined): WrittenOrigin =>
    viewer === undefined
      ? (ownOrigin ??= writeOrigin(originOf(call)))
      : writeOrigin(originOf({ ...call, viewer }));

  return {
    read(type, record, field, refusal) {
      reads.add(type, record, field, refusal);
    },
    note(event) {
      events.push(event);
    },
    changeContext: (viewer) => changeContextOf(service, originIn(viewer).origin, key),
    pseudonym: (text) => pseudonymOf(service, text, key),
    async write() {
      const noted = [...events, ...reads.events()];
      events = [];
      reads = createReadNotes();
      if (noted.length === 0) return;
      await writer.append(noted.map((event) => writeEntry(service, event, originIn(event.viewer), key)));
    },
  };
}
