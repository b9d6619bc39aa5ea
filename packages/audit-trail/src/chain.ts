import { hash } from 'node:crypto';
import { quoteIdentifier } from '@caregraph/service-kit/database-target';

/** All columns of an entry, in the order in which its canonical text has them. */
export const entryColumns = [
  ...['id', 'recorded_at', 'source', 'action', 'outcome', 'record_type', 'record_ids', 'record_ranges'],
  ...['record_count', 'patient_ids', 'patient_ranges', 'fields', 'operation', 'code', 'actor_kind'],
  ...['actor_user_id', 'actor_role', 'actor_name', 'session_id', 'address', 'user_agent', 'request_id'],
  ...['database_role', 'attested_at', 'attestation', 'transaction_id'],
] as const;

/**
 * Stands before the columns, so that a text of other columns can never pass for one of these; the first one is of
 * entries from before their transactions were named.
 */
export const canonicalVersions = ['caregraph-audit-1', 'caregraph-audit-2'] as const;

/**
 * The SQL expression of an entry's canonical text, a JSON array: the same on every connection, because JSON has its
 * own form of times and numbers, and bytes are spelled out.
 */
export function canonicalText(alias: string): string {
  const columns = entryColumns.map((column) => {
    const value = `${alias}.${column}`;
    if (column === 'attestation') return `pg_catalog.encode(${value}, 'hex')`;
    return column.endsWith('_ranges') ? `${value}::text` : value;
  });
  const [unnamed, named] = canonicalVersions;
  const textOf = (version: string, values: readonly string[]): string =>
    `pg_catalog.json_build_array('${version}', ${values.join(', ')})::text`;
  // As it was sealed: the column came later, with 0 in what was there.
  return (
    `CASE WHEN ${alias}.transaction_id OPERATOR(pg_catalog.=) 0::bigint ` +
    `THEN ${textOf(unnamed, columns.slice(0, -1))} ELSE ${textOf(named, columns)} END`
  );
}

/** The names of the two tables, which no table of the same name elsewhere can stand in for. */
export interface TrailTables {
  readonly schema: string;
  readonly entries: string;
  readonly seals: string;
}

/** The tables of the trail in a schema. */
export function trailTables(schema: string): TrailTables {
  const inSchema = (table: string): string => `${quoteIdentifier(schema)}.${table}`;
  return { schema, entries: inSchema('audit_entries'), seals: inSchema('audit_seals') };
}

/** What the chain begins with: the digest "before" the first entry. */
export const chainStart = Buffer.alloc(32);

/** SHA-256 of an entry's canonical text. */
export function digestOf(canonical: string): Buffer {
  return hash('sha256', canonical, 'buffer');
}

/** SHA-256 of the chain so far and the next entry's digest: it stands for that entry and all before it, in order. */
export function nextInChain(chain: Buffer, digest: Buffer): Buffer {
  return hash('sha256', Buffer.concat([chain, digest]), 'buffer');
}

/** How many bytes of a digest stand for an entry in a checkpoint. */
export const markLength = 8;

/**
 * What stands for an entry in a checkpoint, a byte a character, of a digest or of marks that follow each other: of
 * millions, texts are held more cheaply than bytes.
 */
export function markOf(digests: Buffer, index = 0): string {
  return digests.toString('latin1', index * markLength, (index + 1) * markLength);
}

/**
 * Has the statements of a transaction walk along the indexes, a page at a time: with no statistics of a table that has
 * grown fast, PostgreSQL would read, sort and hash all of it for every page.
 */
export const walkIndexes =
  'SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; ' +
  'SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off';
