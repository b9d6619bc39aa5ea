import type { AuditEvent } from './audit-entry.js';
import { property, type AuditedType } from './audited-type.js';

/** Gathers which fields of which records one request is given, or refused. */
export interface ReadNotes {
  /**
   * Notes a field of a record; or with null, that the record is given out at all. `refusal` is the code, null for what
   * is given. What has no id is no record, and leaves no note.
   */
  add(type: AuditedType, record: unknown, field: string | null, refusal: string | null): void;
  /** What has been noted: one event for all records of a type of which the same fields were read. */
  events(): AuditEvent[];
}

interface Note {
  readonly id: number | string;
  readonly patientId: number | null;
  fields: FieldSet;
}

/** Names of fields, in the order in which they came; sets to which the same came in the same order are one object. */
interface FieldSet {
  readonly names: readonly string[];
  readonly grown: Map<string, FieldSet>;
}

type Notes = Map<number | string, Note>;

/** Starts with nothing noted. A page may have thousands of fields: for most of them, nothing is made. */
export function createReadNotes(): ReadNotes {
  const byRefusal = new Map<string | null, Map<string, Notes>>();
  const noFields: FieldSet = { names: [], grown: new Map() };
  let last: { type: AuditedType; record: unknown; refusal: string | null; note: Note } | undefined;

  function noteOf(type: AuditedType, record: unknown, refusal: string | null): Note | null {
    const id = property(record, 'id');
    if (typeof id !== 'number' && typeof id !== 'string') return null;
    const byType = valueOf(byRefusal, refusal, () => new Map<string, Notes>());
    const notes = valueOf(byType, type.name, (): Notes => new Map());
    return valueOf(notes, id, () => {
      const patientId = type.patientId === null ? null : property(record, type.patientId);
      return { id, patientId: typeof patientId === 'number' ? patientId : null, fields: noFields };
    });
  }

  return {
    add(type, record, field, refusal) {
      // GraphQL goes through the fields of one record before it turns to the next.
      if (last === undefined || last.record !== record || last.type !== type || last.refusal !== refusal) {
        const note = noteOf(type, record, refusal);
        if (note === null) return;
        last = { type, record, refusal, note };
      }
      if (field !== null) last.note.fields = withField(last.note.fields, field);
    },
    events: () =>
      [...byRefusal].flatMap(([refusal, byType]) =>
        [...byType].flatMap(([type, notes]) =>
          groupByFields(notes.values()).map((group) => eventOf(type, refusal, group)),
        ),
      ),
  };
}

function withField(fields: FieldSet, name: string): FieldSet {
  return valueOf(fields.grown, name, () =>
    fields.names.includes(name) ? fields : { names: [...fields.names, name], grown: new Map() },
  );
}

function valueOf<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}

interface Group {
  readonly fields: readonly string[];
  readonly notes: Note[];
}

function groupByFields(notes: Iterable<Note>): Group[] {
  const groups = new Map<string, Group>();
  const inSomeOrder = new Map<FieldSet, Group>();
  for (const note of notes) {
    // In which order fields were answered says nothing about what was read, and is mostly the same. No name has a comma.
    const group = valueOf(inSomeOrder, note.fields, () => {
      const fields = note.fields.names.toSorted();
      return valueOf(groups, fields.join(), () => ({ fields, notes: [] }));
    });
    group.notes.push(note);
  }
  return [...groups.values()];
}

function eventOf(recordType: string, refusal: string | null, { fields, notes }: Group): AuditEvent {
  const patientIds = new Set<number>();
  for (const { patientId } of notes) if (patientId !== null) patientIds.add(patientId);
  return {
    action: 'READ',
    outcome: refusal === null ? 'SUCCESS' : 'DENIED',
    recordType,
    recordIds: notes.map(({ id }) => id),
    patientIds: [...patientIds],
    fields,
    ...(refusal !== null && { code: refusal }),
  };
}
