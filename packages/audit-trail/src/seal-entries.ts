import { withConnection } from '@caregraph/service-kit/database-pool';
import { escapeLiteral, type Pool, type PoolClient } from 'pg';
import { z } from 'zod';
import type { SealedEntry } from './checkpoint-writer.js';
import { canonicalText, chainStart, digestOf, nextInChain, walkIndexes, type TrailTables } from './chain.js';
import { runTogether } from './statement-batch.js';

/** What became of a batch: `busy` where another process is sealing this trail just now. */
export type Sealing =
  | { readonly kind: 'busy' }
  | { readonly kind: 'sealed'; readonly first: number; readonly seals: readonly SealedEntry[] };

/** The class of the advisory lock that whoever seals holds; the other half is the schema. */
const lockClass = 7_246_538;

const lockSchema = z.tuple([z.object({ held: z.boolean() })]);
const headSchema = z.array(z.object({ sequence: z.string(), chain: z.instanceof(Buffer) })).max(1);

/**
 * Seals entries by adding them to the chain, in the order of their ids; those that have got a seal in the meantime are
 * left alone. Only one process at a time does this to one trail.
 */
export function sealEntries(pool: Pool, tables: TrailTables, ids: readonly string[]): Promise<Sealing> {
  return withConnection(pool, async (client) => {
    const sealing = await sealLocked(client, tables, ids);
    await client.query('COMMIT');
    return sealing;
  });
}

async function sealLocked(client: PoolClient, tables: TrailTables, ids: readonly string[]): Promise<Sealing> {
  const begun = await runTogether(client, [
    'BEGIN ISOLATION LEVEL READ COMMITTED',
    walkIndexes,
    `SELECT pg_try_advisory_xact_lock(${lockClass}, hashtext(${escapeLiteral(tables.schema)})) AS held`,
    // A statement of its own, after the lock: it sees what the last holder has committed.
    `SELECT sequence, chain FROM ${tables.seals} ORDER BY sequence DESC LIMIT 1`,
  ]);
  const [lock, head] = begun.slice(-2);
  if (!lockSchema.parse(lock)[0].held) return { kind: 'busy' };
  const [end] = headSchema.parse(head);
  const last = Number(end?.sequence ?? 0);
  const entries = await client.query<{ id: string; canonical: string }>({
    name: 'read_entries_to_seal',
    text: `SELECT entry.id, ${canonicalText('entry')} AS canonical FROM ${tables.entries} AS entry
      WHERE entry.id = ANY($1::bigint[])
        AND NOT EXISTS (SELECT FROM ${tables.seals} AS seal WHERE seal.entry_id = entry.id)
      ORDER BY entry.id`,
    values: [ids],
  });
  let chain = end?.chain ?? chainStart;
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
