/** A GraphQL type of which records are audited, with the property that holds the patient's id, if it has one. */
export interface AuditedType {
  readonly name: string;
  readonly patientId: string | null;
}

/** The property of an object; undefined of anything else. */
export function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
