import { quoteIdentifier } from '@caregraph/service-kit/database-target';
import type { EncryptedTable } from './encrypted-columns.js';

/** The statements that re-encrypt one table. */
export interface ReencryptionStatements {
  /** All columns that are read, the former ones included, in the order in which `change` takes their values. */
  readonly columns: readonly string[];
  /** How many records have a value that does not begin with $1, which is a prefix. */
  readonly count: string;
  /** The next of these records after the id $2: at most $3, and as many as have $4 characters together, or one. */
  readonly read: string;
  /**
   * Changes the records whose ids are $1, given what was read of each column and what to write into each encrypted one.
   * Those that have changed since, and those that somebody holds, stay as they are.
   */
  readonly change: string;
}

/** Writes the statements for a table. */
export function reencryptionStatements({ table, columns }: EncryptedTable): ReencryptionStatements {
  const target = quoteIdentifier(table);
  const written = columns.map(({ column }) => column);
  const former = columns.flatMap(({ formerColumn }) => formerColumn ?? []);
  const read = [...written, ...former];
  const names = read.map(quoteIdentifier);
  const isUnfinished = [
    ...written.map((column) => `NOT starts_with(${quoteIdentifier(column)}, $1)`),
    ...former.map((column) => `${quoteIdentifier(column)} IS NOT NULL`),
  ].join(' OR ');
  const length = names.map((name) => `COALESCE(octet_length(${name}), 0)`).join(' + ');
  const given = [
    ...names.map((_, index) => `read_${index}`),
    ...written.map((_, index) => `written_${index}`),
  ];
  const parameters = given.map((_, index) => `$${index + 2}::text[]`);
  return {
    columns: read,
    count: `SELECT count(*)::integer AS count FROM ${target} WHERE ${isUnfinished}`,
    read: `SELECT id, ${names.join(', ')}
      FROM (
        SELECT *, sum(length) OVER (ORDER BY id) - length AS before
        FROM (
          SELECT id, ${names.join(', ')}, ${length} AS length
          FROM ${target} WHERE id > $2 AND (${isUnfinished}) ORDER BY id LIMIT $3
        ) AS unfinished
      ) AS measured
      WHERE before < $4 ORDER BY id`,
    // A lock that nobody waits for: no client's request stands behind a batch that stands behind another client's.
    change: `WITH given AS (
        SELECT * FROM unnest($1::integer[], ${parameters.join(', ')}) AS given (id, ${given.join(', ')})
      ), unchanged AS (
        SELECT record.id FROM ${target} AS record JOIN given ON given.id = record.id
        WHERE ${names.map((name, index) => `record.${name} IS NOT DISTINCT FROM given.read_${index}`).join(' AND ')}
        ORDER BY record.id FOR NO KEY UPDATE OF record SKIP LOCKED
      )
      UPDATE ${target} AS record SET ${[
        ...written.map((column, index) => `${quoteIdentifier(column)} = given.written_${index}`),
        ...former.map((column) => `${quoteIdentifier(column)} = NULL`),
      ].join(', ')}
      FROM unchanged JOIN given ON given.id = unchanged.id WHERE record.id = unchanged.id`,
  };
}
