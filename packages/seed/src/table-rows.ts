/** A value that COPY can write. */
export type CopyValue = string | number | boolean | null;

/** The rows of one table, made while they are read, so that no number of them fills the memory. */
export interface TableRows {
  readonly table: string;
  /** Columns that are not named get their defaults. */
  readonly columns: readonly string[];
  /** How many rows there are. */
  readonly count: number;
  readonly rows: Iterable<readonly CopyValue[]>;
}

/** What is to be written, by the service that owns the tables; in this order within a service. */
export interface DataSet {
  readonly users: readonly TableRows[];
  readonly patients: readonly TableRows[];
  readonly appointments: readonly TableRows[];
}

/** The number of milliseconds of a day in UTC. */
export const dayLength = 86_400_000;

/** An instant, in milliseconds since 1970, as a `TIMESTAMP` column holds it: in UTC. */
export function timestamp(instant: number): string {
  return new Date(instant).toISOString().slice(0, 19);
}
