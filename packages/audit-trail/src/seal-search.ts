import { escapeLiteral, type Pool } from 'pg';
import { z } from 'zod';
import { walkIndexes, type TrailTables } from './chain.js';
import { runTogether } from './statement-batch.js';

/** Entries that wait for a seal, as far as one look sees. */
export interface Unsealed {
  /** Ids, ascending. */
  readonly ids: readonly string[];
  /** The age of the oldest of them by the database's clock, in seconds; 0 without any. */
  readonly oldestAge: number;
  /** Whether there is more to look at. */
  readonly hasMore: boolean;
}

/** Finds the entries without a seal. One look at a time. */
export interface SealSearch {
  /** Looks at what has come since the entry with the highest id that was sealed when the search began, oldest first. */
  look(): Promise<Unsealed>;
  /** Looks at what may have been left over before that, newest first; a look that has nothing to see costs nothing. */
  lookBack(): Promise<Unsealed>;
}

/** How many entries one look reads. */
const defaultLookSize = 5_000;

const lookSchema = z.tuple([
  z.object({
    ids: z.array(z.string()),
    oldest_age: z.number(),
    is_full: z.boolean(),
    newest: z.string(),
    open: z.string(),
    writers: z.array(z.string()),
  }),
]);
const highestSealedSchema = z.tuple([z.object({ highest: z.string() })]);

/** From which end of what is open a look begins. */
type Direction = 'ASC' | 'DESC';

/** The ids at which entries without a seal may still turn up, as the text of an int8multirange. */
interface OpenIds {
  ahead: string;
  behind: string;
}

/**
 * Searches where an entry without a seal may still turn up, and nowhere else, so that millions of sealed ones cost
 * nothing once they have been looked at. Ids are given out before they are committed, and some never are: an id that is
 * missing stays open until every transaction that could have taken it has ended. Such a transaction holds a lock on the
 * table from before it takes an id until its end, and PostgreSQL tells who holds one.
 */
export function createSealSearch(pool: Pool, tables: TrailTables, lookSize = defaultLookSize): SealSearch {
  let open: OpenIds | undefined;
  /** Whoever was writing when `through` was the highest id. */
  let awaited: { readonly through: string; readonly writers: ReadonlySet<string> } | undefined;
  /** Every transaction that has taken an id up to this one has ended. */
  let ended: string | null = null;

  async function lookAt(part: keyof OpenIds, direction: Direction): Promise<Unsealed> {
    open ??= await openAtFirst(pool, tables);
    if (open[part] === '{}') return { ids: [], oldestAge: 0, hasMore: false };
    const statement = lookStatement(tables, direction, { open: open[part], ended, lookSize });
    // Read-only, and in one round trip: most looks find nothing, and there is one a second.
    const results = await runTogether(pool, ['BEGIN READ ONLY', walkIndexes, statement, 'COMMIT']);
    const [seen] = lookSchema.parse(results.find((rows) => rows.length > 0));
    open[part] = seen.open;
    // What is over now, the next look sees: its snapshot is later than this list of writers.
    if (awaited && seen.writers.every((writer) => !awaited?.writers.has(writer))) {
      ended = awaited.through;
      awaited = undefined;
    }
    awaited ??= { through: seen.newest, writers: new Set(seen.writers) };
    return { ids: seen.ids, oldestAge: seen.oldest_age, hasMore: seen.is_full };
  }

  return {
    look: () => lookAt('ahead', 'ASC'),
    lookBack: () => lookAt('behind', 'DESC'),
  };
}

/** After a restart nearly all that has no seal comes after all that has one. */
async function openAtFirst(pool: Pool, { seals }: TrailTables): Promise<OpenIds> {
  const { rows } = await pool.query(
    `SELECT entry_id::text AS highest FROM ${seals} ORDER BY entry_id DESC LIMIT 1`,
  );
  if (rows.length === 0) return { ahead: '{(,)}', behind: '{}' };
  const [{ highest }] = highestSealedSchema.parse(rows);
  return { ahead: `{(${highest},)}`, behind: `{(,${highest})}` };
}

/** The highest BIGINT, which no range can include and no sequence reaches. */
const highestId = '9223372036854775807';

function lookStatement(
  { entries, seals }: TrailTables,
  direction: Direction,
  values: { readonly open: string; readonly ended: string | null; readonly lookSize: number },
): string {
  const open = `${escapeLiteral(values.open)}::int8multirange`;
  const ended = values.ended === null ? 'NULL' : `${escapeLiteral(values.ended)}::bigint`;
  const isForward = direction === 'ASC';
  return `
    WITH looked AS MATERIALIZED (
      SELECT found.* FROM pg_catalog.unnest(${open}) AS span
      CROSS JOIN LATERAL (
        SELECT entry.id, entry.recorded_at, seal.entry_id IS NULL AS is_open
        FROM ${entries} AS entry LEFT JOIN ${seals} AS seal ON seal.entry_id = entry.id
        WHERE entry.id >= COALESCE(lower(span), -${highestId})
          AND entry.id < COALESCE(upper(span), ${highestId})
        ORDER BY entry.id ${direction} LIMIT ${values.lookSize}
      ) AS found
      ORDER BY found.id ${direction} LIMIT ${values.lookSize}
    ), seen AS (
      SELECT count(*) = ${values.lookSize} AS is_full, ${isForward ? 'max' : 'min'}(id) AS last,
        array_agg(id::text ORDER BY id) FILTER (WHERE is_open) AS ids,
        extract(epoch FROM (clock_timestamp() AT TIME ZONE 'UTC') - min(recorded_at) FILTER (WHERE is_open)) AS age,
        range_agg(int8range(id, id, '[]')) FILTER (WHERE is_open) AS unsealed,
        range_agg(int8range(id, id, '[]')) FILTER (WHERE NOT is_open) AS sealed
      FROM looked
    )
    SELECT COALESCE(ids, '{}') AS ids, COALESCE(age, 0)::float8 AS oldest_age, is_full,
      COALESCE((SELECT max(id) FROM ${entries} WHERE id < ${highestId}), 0)::text AS newest,
      (
        (${open} - COALESCE(sealed, '{}')) * (
          int8multirange(int8range(${ended}, NULL, '()'))
          + CASE WHEN is_full THEN int8multirange(${isForward ? "int8range(last, NULL, '()')" : "int8range(NULL, last, '()')"})
            ELSE '{}' END
        )
        + COALESCE(unsealed, '{}')
      )::text AS open,
      ARRAY(
        SELECT DISTINCT pid || ' ' || virtualtransaction FROM pg_catalog.pg_locks
        WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND relation = ${escapeLiteral(entries)}::regclass
          AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
      ) AS writers
    FROM seen`;
}
