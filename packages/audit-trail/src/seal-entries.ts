import type { Pool, PoolClient } from 'pg';
import type { SealedEntry } from './checkpoint-writer.js';
import { canonicalText, chainStart, digestOf, nextInChain, type TrailTables } from './chain.js';

/** What became of a batch: `busy` where another process is sealing this trail just now. */
export type Sealing =
  | { readonly kind: 'busy' }
  | { readonly kind: 'sealed'; readonly first: number; readonly seals: readonly SealedEntry[] };

/** The class of the advisory lock that whoever seals holds; the other half is the schema. */
const lockClass = 7_246_538;

/**
 * Seals entries by adding them to the chain, in the order of their ids; those that have got a seal in the meantime are
 * left alone. Only one process at a time does this to one trail.
 */
export async function sealEntries(pool: Pool, tables: TrailTables, ids: readonly string[]): Promise<Sealing> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
    const sealing = await sealLocked(client, tables, ids);
    await client.query('COMMIT');
    return sealing;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    // A connection on which something went wrong is closed, and its transaction with it.
    client.release(failure);
  }
}

async function sealLocked(client: PoolClient, tables: TrailTables, ids: readonly string[]): Promise<Sealing> {
  const lock = await client.query<{ held: boolean }>(
    'SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS held',
    [lockClass, tables.schema],
  );
  if (lock.rows[0]?.held !== true) return { kind: 'busy' };
  // A statement of its own, after the lock: it sees what the last holder has committed.
  const head = await client.query<{ sequence: string; chain: Buffer }>(
    `SELECT sequence, chain FROM ${tables.seals} ORDER BY sequence DESC LIMIT 1`,
  );
  const last = Number(head.rows[0]?.sequence ?? 0);
  const entries = await client.query<{ id: string; canonical: string }>({
    name: 'read_entries_to_seal',
    text: `SELECT entry.id, ${canonicalText('entry')} AS canonical FROM ${tables.entries} AS entry
      WHERE entry.id = ANY($1::bigint[])
        AND NOT EXISTS (SELECT FROM ${tables.seals} AS seal WHERE seal.entry_id = entry.id)
      ORDER BY entry.id`,
    values: [ids],
  });
  let chain = head.rows[0]?.chain ?? chainStart;
  const seals = entries.rows.map(({ id, canonical }, index) => {
    const digest = digestOf(canonical);
    chain = nextInChain(chain, digest);
    return { sequence: last + 1 + index, entryId: BigInt(id), digest, chain };
  });
  await client.query({
    name: 'append_audit_seals',
    text: `INSERT INTO ${tables.seals} (sequence, entry_id, digest, chain)
      SELECT $1::bigint + ordinality, entry_id, digest, chain
      FROM unnest($2::bigint[], $3::bytea[], $4::bytea[]) WITH ORDINALITY AS seal (entry_id, digest, chain, ordinality)`,
    values: [
      last,
      seals.map(({ entryId }) => String(entryId)),
      seals.map(({ digest }) => digest),
      seals.map((seal) => seal.chain),
    ],
  });
  return { kind: 'sealed', first: last + 1, seals };
}
