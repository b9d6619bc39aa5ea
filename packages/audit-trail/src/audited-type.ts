/** A GraphQL type of which records are audited, with the property that holds the patient's id, if it has one. */
export interface AuditedType {
  readonly name: string;
  readonly patientId: string | null;
}

/** The property of an object; undefined of anything else. `Reflect.get` would cost several times as much. */
export function property(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
