import { parseId } from '@caregraph/service-kit';
import type { AuditRecorder } from './audit-recorder.js';
import { property, type AuditedType } from './audited-type.js';
import { isThenable } from './thenable.js';

/** What a field of the schema was asked, and answered. */
export interface Seen {
  readonly source: unknown;
  readonly args: Readonly<Record<string, unknown>>;
  /** The answer; null where the field was refused. */
  readonly value: unknown;
  /** The code with which it was refused; null where it was not. */
  readonly refusal: string | null;
  readonly audit: AuditRecorder;
}

/** Notes what is worth an entry. */
export type Observer = (seen: Seen) => void;

/** A field of an audited record, given out or refused. */
export function observeField(type: AuditedType, field: string): Observer {
  return ({ source, refusal, audit }) => {
    audit.read(type, source, field, refusal);
  };
}

/** Audited records that a field answers, whatever is then asked of them: that they exist says something, too. */
export function observeRecords(type: AuditedType): Observer {
  return ({ value, audit }) => {
    for (const record of Array.isArray(value) ? value : [value]) audit.read(type, record, null, null);
  };
}

/** A refusal of a field of anything else. */
export function observeRefusal(type: string, field: string): Observer {
  return ({ source, refusal, audit }) => {
    if (refusal === null) return;
    const id = property(source, 'id');
    audit.note({
      action: 'READ',
      outcome: 'DENIED',
      recordType: type,
      recordIds: typeof id === 'number' || typeof id === 'string' ? [id] : [],
      fields: [field],
      code: refusal,
    });
  };
}

/** A refusal of a query. */
export function observeQuery(coordinate: string): Observer {
  return ({ refusal, audit }) => {
    if (refusal === null) return;
    audit.note({ action: 'READ', outcome: 'DENIED', operation: coordinate, code: refusal });
  };
}

/** A query by id for an audited record that the viewer is not shown. */
export function observeMissing(coordinate: string, type: AuditedType): Observer {
  return ({ args, value, refusal, audit }) => {
    if (refusal === null && value === null) noteMissing(audit, type, args['id'], coordinate);
  };
}

/** References that the gateway, or another service, asks to be resolved. */
export function observeEntities(types: ReadonlyMap<string, AuditedType>): Observer {
  return ({ args, value, audit }) => {
    const references = args['representations'];
    if (!Array.isArray(value) || !Array.isArray(references)) return;
    for (const [index, answer] of value.entries()) {
      const type = types.get(String(property(references[index], '__typename')));
      if (type === undefined) continue;
      const note = (entity: unknown): void => {
        if (entity === null) noteMissing(audit, type, property(references[index], 'id'), 'Query._entities');
        else audit.read(type, entity, null, null);
      };
      // Noted before GraphQL goes on with it, whose own listener comes later. What fails gives nothing out.
      if (isThenable(answer)) answer.then(note, () => undefined);
      else note(answer);
    }
  };
}

function noteMissing(audit: AuditRecorder, type: AuditedType, id: unknown, operation: string): void {
  audit.note({
    action: 'READ',
    outcome: 'NOT_FOUND',
    recordType: type.name,
    recordIds: knowableIds(id),
    // Of a record that is its own patient: the one that somebody asked for, whether or not there is one.
    patientIds: type.patientId === 'id' ? patientIdsOf(id) : [],
    operation,
  });
}

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** An id that a client sent, if a record can have it: what else a client writes there, such as a name, is not kept. */
export function knowableIds(id: unknown): string[] {
  const text = String(id);
  return parseId(text) !== null || uuid.test(text) ? [text] : [];
}

/** The patient whom an id that a client sent stands for, if it can be one. */
export function patientIdsOf(id: unknown): number[] {
  return typeof id === 'string' || typeof id === 'number' ? [parseId(String(id)) ?? []].flat() : [];
}
