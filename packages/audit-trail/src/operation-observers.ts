import type { AuditOutcome } from './audit-entry.js';
import { knowableIds, patientIdsOf, type Observer } from './access-observers.js';
import { property, type AuditedType } from './audited-type.js';

/**
 * A list of records: how many were given out, and by which kinds of conditions, not which values; but for the patient
 * whom it was restricted to, by a condition or as `patientIdOfParent`, the property of the record that it belongs to.
 */
export function observeList(
  coordinate: string,
  recordType: string,
  patientIdOfParent: string | null,
): Observer {
  return ({ source, args, value, refusal, audit }) => {
    if (refusal !== null) return;
    const edges = property(value, 'edges');
    const asked = property(args['filter'], 'patientId');
    const parent = patientIdOfParent === null ? undefined : property(source, patientIdOfParent);
    audit.note({
      action: 'SEARCH',
      outcome: 'SUCCESS',
      recordType,
      recordCount: Array.isArray(edges) ? edges.length : 0,
      patientIds: [...new Set([...patientIdsOf(parent), ...patientIdsOf(asked)])],
      fields: conditionsOf(args),
      operation: coordinate,
    });
  };
}

/**
 * A mutation that was refused, as a whole or for what its input fills in, that named a record which is not there for
 * the viewer, or that failed otherwise for an audited record: to be told that a version is stale, or a slot taken, is
 * to learn something. What a mutation changes is noted by the tables that it changes. `type` is what its payload holds.
 */
export function observeMutation(coordinate: string, type: AuditedType | null): Observer {
  return ({ args, value, refusal, audit }) => {
    const problem = refusal === null ? worstOf(property(value, 'userErrors')) : { code: refusal, fields: [] };
    if (problem === null) return;
    const outcome = refusal === null ? outcomeOf(problem.code) : 'DENIED';
    // What is wrong with a value says nothing about anybody.
    if (outcome === 'FAILURE' && (type === null || problem.code === 'INVALID_INPUT')) return;
    const { input } = args;
    const id = property(input, 'id');
    const patientId = type?.patientId === 'id' ? id : property(input, 'patientId');
    audit.note({
      action: 'EXECUTE',
      outcome,
      ...(type !== null && { recordType: type.name }),
      recordIds: knowableIds(id),
      patientIds: patientIdsOf(patientId),
      fields: problem.fields,
      operation: coordinate,
      code: problem.code,
    });
  };
}

/** Of the errors of a payload the one to note, a refusal first, then a missing record, with the input fields concerned. */
function worstOf(userErrors: unknown): { readonly code: string; readonly fields: readonly string[] } | null {
  if (!Array.isArray(userErrors)) return null;
  const codes = userErrors.map((error) => property(error, 'code'));
  const code = codes.find((one) => one === 'FORBIDDEN') ?? codes.find(isMissing) ?? codes[0];
  if (typeof code !== 'string') return null;
  const fields = userErrors.flatMap((error): string[] => {
    const path = property(error, 'field');
    return property(error, 'code') === code && Array.isArray(path) ? [path.join('.')] : [];
  });
  return { code, fields };
}

function outcomeOf(code: string): AuditOutcome {
  if (code === 'FORBIDDEN') return 'DENIED';
  return isMissing(code) ? 'NOT_FOUND' : 'FAILURE';
}

/** `NOT_FOUND`, `PATIENT_NOT_FOUND` and their like. */
function isMissing(code: unknown): boolean {
  return typeof code === 'string' && /(^|_)NOT_FOUND$/.test(code);
}

/** The names of the arguments, and of the parts of inputs, that were given. */
function conditionsOf(args: Readonly<Record<string, unknown>>): string[] {
  return given(args).flatMap(([name, value]) => {
    if (name === 'first' || name === 'after') return [];
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? given(value).map(([part]) => `${name}.${part}`)
      : [name];
  });
}

function given(values: object): [string, unknown][] {
  return Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
}
