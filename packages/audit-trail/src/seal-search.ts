import type { Pool } from 'pg';
import { walkIndexes, type TrailTables } from './chain.js';

/** Entries that wait for a seal, as far as one look sees. */
export interface Unsealed {
  /** Ids, ascending. */
  readonly ids: readonly string[];
  /** The age of the oldest of them by the database's clock, in seconds; 0 without any. */
  readonly oldestAge: number;
  /** Whether there is more to look at. */
  readonly hasMore: boolean;
}

/** Finds the entries without a seal. */
export interface SealSearch {
  look(): Promise<Unsealed>;
}

/** How many entries one look reads. */
const lookSize = 5_000;

interface Look {
  readonly ids: string[];
  readonly oldest_age: number;
  readonly is_full: boolean;
  readonly newest: string;
  readonly open: string;
  readonly writers: string[];
}

/**
 * Searches where an entry without a seal may still turn up, and nowhere else, so that millions of sealed ones cost
 * nothing. Ids are given out before they are committed, and some never are: an id that is missing stays open until
 * every transaction that could have taken it has ended. Such a transaction holds a lock on the table from before it
 * takes an id until its end, and PostgreSQL tells who holds one.
 */
export function createSealSearch(pool: Pool, tables: TrailTables): SealSearch {
  let open = '{(,)}';
  /** Whoever was writing when `through` was the highest id. */
  let awaited: { readonly through: string; readonly writers: ReadonlySet<string> } | undefined;
  /** Every transaction that has taken an id up to this one has ended. */
  let ended: string | null = null;

  return {
    async look() {
      const seen = await readOnce(pool, tables, [open, lookSize, ended, tables.entries]);
      open = seen.open;
      // What is over now, the next look sees: its snapshot is later than this list of writers.
      if (awaited && seen.writers.every((writer) => !awaited?.writers.has(writer))) {
        ended = awaited.through;
        awaited = undefined;
      }
      awaited ??= { through: seen.newest, writers: new Set(seen.writers) };
      return { ids: seen.ids, oldestAge: seen.oldest_age, hasMore: seen.is_full };
    },
  };
}

async function readOnce(pool: Pool, tables: TrailTables, values: readonly unknown[]): Promise<Look> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query(`BEGIN READ ONLY; ${walkIndexes}`);
    const { rows } = await client.query<Look>({ text: lookStatement(tables), values: [...values] });
    await client.query('COMMIT');
    const [seen] = rows;
    if (seen === undefined) throw new Error('A statement of aggregates answers one row.');
    return seen;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(failure);
  }
}

/** The highest BIGINT, which no range can include and no sequence reaches. */
const highestId = '9223372036854775807';

function lookStatement({ entries, seals }: TrailTables): string {
  return `
    WITH looked AS MATERIALIZED (
      SELECT found.* FROM pg_catalog.unnest($1::int8multirange) AS span
      CROSS JOIN LATERAL (
        SELECT entry.id, entry.recorded_at, seal.entry_id IS NULL AS is_open
        FROM ${entries} AS entry LEFT JOIN ${seals} AS seal ON seal.entry_id = entry.id
        WHERE entry.id >= COALESCE(lower(span), -${highestId})
          AND entry.id < COALESCE(upper(span), ${highestId})
        ORDER BY entry.id LIMIT $2
      ) AS found
      ORDER BY found.id LIMIT $2
    ), seen AS (
      SELECT count(*) = $2 AS is_full, max(id) AS last,
        array_agg(id::text ORDER BY id) FILTER (WHERE is_open) AS ids,
        extract(epoch FROM (clock_timestamp() AT TIME ZONE 'UTC') - min(recorded_at) FILTER (WHERE is_open)) AS age,
        range_agg(int8range(id, id, '[]')) FILTER (WHERE is_open) AS unsealed,
        range_agg(int8range(id, id, '[]')) FILTER (WHERE NOT is_open) AS sealed
      FROM looked
    )
    SELECT COALESCE(ids, '{}') AS ids, COALESCE(age, 0)::float8 AS oldest_age, is_full,
      COALESCE((SELECT max(id) FROM ${entries} WHERE id < ${highestId}), 0)::text AS newest,
      (
        ($1::int8multirange - COALESCE(sealed, '{}'))
        * int8multirange(int8range(CASE WHEN is_full AND last < $3::bigint THEN last ELSE $3::bigint END, NULL, '()'))
        + COALESCE(unsealed, '{}')
      )::text AS open,
      ARRAY(
        SELECT DISTINCT pid || ' ' || virtualtransaction FROM pg_catalog.pg_locks
        WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND relation = $4::regclass
          AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
      ) AS writers
    FROM seen`;
}
