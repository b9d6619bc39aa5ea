import type { AuditedTypes } from './record-access.js';
import type { AuditRecorder } from './audit-recorder.js';

/** What a field of the schema was asked, and answered. */
interface Seen {
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

/** A field of an audited record. */
export function observeField(type: string, field: string, patientIdProperty: string | null): Observer {
  return ({ source, refusal, audit }) => {
    const id = property(source, 'id');
    if (typeof id !== 'number' && typeof id !== 'string') return;
    const patientId = patientIdProperty === null ? null : property(source, patientIdProperty);
    const record = { type, id, patientId: typeof patientId === 'number' ? patientId : null };
    audit.field(record, field, refusal === null ? 'SUCCESS' : 'DENIED');
  };
}

/** A refusal of a field of anything else. */
export function observeRefusal(coordinate: string): Observer {
  return ({ source, refusal, audit }) => {
    if (refusal === null) return;
    const [recordType = '', field = ''] = coordinate.split('.');
    const id = property(source, 'id');
    audit.note({
      action: 'READ',
      outcome: 'DENIED',
      recordType,
      recordIds: typeof id === 'number' || typeof id === 'string' ? [id] : [],
      fields: [field],
      code: refusal,
    });
  };
}

/** A list of audited records: how many were given out, and by which kinds of conditions, not which values. */
export function observeList(
  coordinate: string,
  recordType: string,
  patientIdOfParent: string | null | undefined,
): Observer {
  return ({ source, args, value, refusal, audit }) => {
    if (refusal !== null) return;
    const edges = property(value, 'edges');
    const patientId = patientIdOfParent == null ? null : property(source, patientIdOfParent);
    audit.note({
      action: 'SEARCH',
      outcome: 'SUCCESS',
      recordType,
      recordCount: Array.isArray(edges) ? edges.length : 0,
      patientIds: typeof patientId === 'number' ? [patientId] : [],
      fields: conditionsOf(args),
      operation: coordinate,
    });
  };
}

/** A query: refused, or by id for an audited record that the viewer is not shown. */
export function observeQuery(coordinate: string, answers: string, audited: AuditedTypes): Observer {
  return ({ args, value, refusal, audit }) => {
    if (refusal !== null) {
      audit.note({ action: 'READ', outcome: 'DENIED', operation: coordinate, code: refusal });
    } else if (value === null && Object.hasOwn(audited, answers) && typeof args['id'] === 'string') {
      noteMissing(audit, answers, args['id'], audited, coordinate);
    }
  };
}

/** References that the gateway, or another service, asks to be resolved. */
export function observeEntities(audited: AuditedTypes): Observer {
  return ({ args, value, refusal, audit }) => {
    if (refusal !== null) {
      audit.note({ action: 'READ', outcome: 'DENIED', operation: 'Query._entities', code: refusal });
    }
    const references = args['representations'];
    if (!Array.isArray(value) || !Array.isArray(references)) return;
    for (const [index, entity] of value.entries()) {
      const type = property(references[index], '__typename');
      const id = property(references[index], 'id');
      if (entity !== null || typeof type !== 'string' || !Object.hasOwn(audited, type)) continue;
      noteMissing(audit, type, String(id), audited, 'Query._entities');
    }
  };
}

/** A mutation that was refused, or that named a record which is not there for the viewer. */
export function observeMutation(coordinate: string): Observer {
  return ({ args, value, refusal, audit }) => {
    const errors = property(value, 'userErrors');
    const codes = Array.isArray(errors) ? errors.map((error) => property(error, 'code')) : [];
    const code =
      refusal ?? codes.find((one) => one === 'FORBIDDEN') ?? codes.find((one) => one === 'NOT_FOUND');
    if (typeof code !== 'string') return;
    const id = property(args['input'], 'id');
    audit.note({
      action: 'EXECUTE',
      outcome: code === 'NOT_FOUND' ? 'NOT_FOUND' : 'DENIED',
      recordIds: typeof id === 'string' ? [id] : [],
      operation: coordinate,
      code,
    });
  };
}

function noteMissing(
  audit: AuditRecorder,
  recordType: string,
  id: string,
  audited: AuditedTypes,
  operation: string,
): void {
  // A record that is its own patient: the patient that somebody asked for is known, whether or not there is one.
  const patientId = audited[recordType] === 'id' ? Number(id) : Number.NaN;
  audit.note({
    action: 'READ',
    outcome: 'NOT_FOUND',
    recordType,
    recordIds: [id],
    patientIds: Number.isInteger(patientId) && patientId > 0 && patientId < 2 ** 31 ? [patientId] : [],
    operation,
  });
}

/** The names of the arguments, and of the parts of inputs, that were given. */
function conditionsOf(args: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(args).flatMap(([name, value]) => {
    if (value === null || value === undefined || name === 'first' || name === 'after') return [];
    return typeof value === 'object' && !Array.isArray(value)
      ? Object.keys(value).map((part) => `${name}.${part}`)
      : [name];
  });
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
