import type { Client, QueryResult } from 'pg';
import { canonicalText, walkIndexes, type TrailTables } from './chain.js';
import type { SealRow } from './verify-chain-findings.js';

/** How many rows are read at once: what is in memory, however long the trail is. */
const pageSize = 1_000;

interface SealColumns {
  readonly sequence: string;
  readonly entry_id: string;
  readonly digest: Buffer;
  readonly chain: Buffer;
  readonly canonical: string | null;
}

/** All seals in order, with their entries, page by page; the next page is on its way while one is looked at. */
export async function* readSealPages(client: Client, tables: TrailTables): AsyncGenerator<SealRow[]> {
  const read = (after: string): Promise<QueryResult<SealColumns>> => {
    const page = client.query<SealColumns>({
      name: 'read_seals',
      text: `
        SELECT seal.sequence, seal.entry_id, seal.digest, seal.chain,
          CASE WHEN entry.id IS NOT NULL THEN ${canonicalText('entry')} END AS canonical
        FROM (SELECT * FROM ${tables.seals} WHERE sequence > $1 ORDER BY sequence LIMIT ${pageSize}) AS seal
        LEFT JOIN ${tables.entries} AS entry ON entry.id = seal.entry_id
        ORDER BY seal.sequence`,
      values: [after],
    });
    // Whoever stops in the middle never asks for it.
    page.catch(() => undefined);
    return page;
  };
  await client.query(`SAVEPOINT pages; ${walkIndexes}`);
  let next = read('0');
  for (;;) {
    const { rows } = await next;
    const last = rows.at(-1);
    if (last === undefined) break;
    next = read(last.sequence);
    yield rows.map(({ sequence, entry_id: entryId, ...row }) => ({
      ...row,
      sequence: Number(sequence),
      entryId: BigInt(entryId),
    }));
  }
  // What comes next reads whole tables, for which the indexes are no way.
  await client.query('ROLLBACK TO SAVEPOINT pages');
}

/** An entry that has no seal. */
export interface UnsealedEntry {
  readonly id: string;
  readonly canonical: string;
  /** Whether a sealed entry has a higher id, or is much newer. */
  readonly isOvertaken: boolean;
}

/** All entries without a seal, by id, page by page. */
export async function* readUnsealedPages(
  client: Client,
  tables: TrailTables,
): AsyncGenerator<UnsealedEntry[]> {
  await client.query(`
    DECLARE unsealed NO SCROLL CURSOR FOR
    SELECT entry.id::text, ${canonicalText('entry')} AS canonical,
      COALESCE(
        entry.id < newest.id
        OR entry.recorded_at < (SELECT max(recorded_at) FROM ${tables.entries} WHERE id = newest.id)
          - interval '5 minutes',
        false) AS "isOvertaken"
    FROM ${tables.entries} AS entry
    CROSS JOIN (SELECT max(entry_id) AS id FROM ${tables.seals}) AS newest
    WHERE NOT EXISTS (SELECT FROM ${tables.seals} AS seal WHERE seal.entry_id = entry.id)
    ORDER BY entry.id`);
  for (;;) {
    const { rows } = await client.query<UnsealedEntry>(`FETCH ${pageSize} FROM unsealed`);
    if (rows.length === 0) return;
    yield rows;
  }
}

/** The canonical text of one entry; null where it is gone. */
export async function readEntry(client: Client, tables: TrailTables, id: bigint): Promise<string | null> {
  const { rows } = await client.query<{ canonical: string }>(
    `SELECT ${canonicalText('entry')} AS canonical FROM ${tables.entries} AS entry WHERE id = $1`,
    [String(id)],
  );
  return rows[0]?.canonical ?? null;
}

/** How much there is, and from when to when. */
export interface TrailExtent {
  readonly entries: number;
  readonly sealed: number;
  /** UTC, as in `Finding`. */
  readonly oldest: string | null;
  readonly newest: string | null;
}

export async function readExtent(client: Client, tables: TrailTables): Promise<TrailExtent> {
  const { rows } = await client.query<TrailExtent>(`
    SELECT count(*)::float8 AS entries, (SELECT count(*)::float8 FROM ${tables.seals}) AS sealed,
      to_json(min(recorded_at)) #>> '{}' AS oldest, to_json(max(recorded_at)) #>> '{}' AS newest
    FROM ${tables.entries}`);
  const [extent] = rows;
  if (extent === undefined) throw new Error('A statement of aggregates answers one row.');
  return extent;
}
