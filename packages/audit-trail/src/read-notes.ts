import type { AuditEvent } from './audit-entry.js';

/** A record that the trail is about. */
export interface AuditedRecord {
  /** Its GraphQL type. */
  readonly type: string;
  readonly id: number | string;
  /** The patient whom it is about; null where it is about none. */
  readonly patientId: number | null;
}

/** Gathers which fields of which records one request is given, or refused. */
export interface ReadNotes {
  /** Notes a field; or with null, that the record is given out at all. `refusal` is the code, null for what is given. */
  add(record: AuditedRecord, field: string | null, refusal: string | null): void;
  /** What has been noted: one event for all records of a type of which the same fields were read. */
  events(): AuditEvent[];
}

interface NotedRecord {
  readonly record: AuditedRecord;
  readonly refusal: string | null;
  readonly fields: Set<string>;
}

/** Starts with nothing noted. A page may have thousands of fields: for each, no text is made. */
export function createReadNotes(): ReadNotes {
  const byRefusal = new Map<string | null, Map<string, Records>>();
  let last: NotedRecord | null = null;
  return {
    add(record, field, refusal) {
      // GraphQL goes through the fields of one record before it turns to the next.
      if (last?.refusal !== refusal || last.record.id !== record.id || last.record.type !== record.type) {
        const byType = valueOf(byRefusal, refusal, () => new Map<string, Records>());
        const records = valueOf(byType, record.type, (): Records => new Map());
        last = valueOf(records, record.id, () => ({ record, refusal, fields: new Set() }));
      }
      if (field !== null) last.fields.add(field);
    },
    events: () =>
      [...byRefusal].flatMap(([refusal, byType]) =>
        [...byType].flatMap(([type, records]) =>
          [...groupByFields(records.values())].map((group) => eventOf(type, refusal, group)),
        ),
      ),
  };
}

type Records = Map<number | string, NotedRecord>;

function valueOf<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}

interface Group {
  readonly fields: readonly string[];
  readonly records: AuditedRecord[];
}

function groupByFields(noted: Iterable<NotedRecord>): Iterable<Group> {
  const groups = new Map<string, Group>();
  const inSomeOrder = new Map<string, Group>();
  for (const { record, fields } of noted) {
    // In which order fields were answered says nothing about what was read, and is mostly the same. No name has a comma.
    const group = valueOf(inSomeOrder, [...fields].join(), () => {
      const sorted = [...fields].sort();
      return valueOf(groups, sorted.join(), () => ({ fields: sorted, records: [] }));
    });
    group.records.push(record);
  }
  return groups.values();
}

function eventOf(recordType: string, refusal: string | null, { fields, records }: Group): AuditEvent {
  return {
    action: 'READ',
    outcome: refusal === null ? 'SUCCESS' : 'DENIED',
    recordType,
    recordIds: records.map(({ id }) => id),
    patientIds: [...new Set(records.flatMap(({ patientId }) => patientId ?? []))],
    fields,
    ...(refusal !== null && { code: refusal }),
  };
}
