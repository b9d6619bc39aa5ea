import type { Logger } from '@caregraph/service-kit';
import type { Pool } from 'pg';
import { chainStart, type TrailTables } from './chain.js';
import type { SealedEntry } from './checkpoint-writer.js';

/** The most seals that one checkpoint covers: it has to be read as a whole. */
const largestCheckpoint = 5_000;
/**
 * The seals after a sequence that the next checkpoint covers: they follow each other. None where there are no more.
 * Those that no service makes are left out, and the log says so.
 */
export async function readSealsToCover(
  pool: Pool,
  tables: TrailTables,
  after: number,
  logger: Logger,
): Promise<SealedEntry[]> {
  const { rows } = await pool.query<{ sequence: string; entry_id: string; digest: Buffer; chain: Buffer }>({
    name: 'read_seals_to_cover',
    text: `SELECT sequence, entry_id, digest, chain FROM ${tables.seals}
      WHERE sequence > $1 ORDER BY sequence LIMIT $2`,
    values: [after, largestCheckpoint],
  });
  const seals = rows.map((row) => ({
    sequence: Number(row.sequence),
    entryId: BigInt(row.entry_id),
    digest: row.digest,
    chain: row.chain,
  }));
  const start = seals.findIndex(isCoverable);
  if (start !== 0 && seals.length > 0) {
    logger.error(
      { sequence: rows[0]?.sequence },
      'a seal that no service makes is in no checkpoint: verify the audit trail',
    );
  }
  const [first, last] = [seals[start], seals.at(-1)];
  if (first === undefined) {
    const isAll = seals.length < largestCheckpoint || !Number.isSafeInteger(last?.sequence);
    return last === undefined || isAll ? [] : readSealsToCover(pool, tables, last.sequence, logger);
  }
  // A checkpoint covers seals that follow each other; what is missing between them is for the verification to tell.
  const run = seals.slice(start);
  const gap = run.findIndex((seal, index) => seal.sequence !== first.sequence + index || !isCoverable(seal));
  return gap === -1 ? run : run.slice(0, gap);
}

/** Whether a checkpoint can have a seal, and be read again: what a database holds may be anybody's. */
function isCoverable({ sequence, digest, chain }: SealedEntry): boolean {
  return (
    Number.isSafeInteger(sequence) &&
    digest.length === chainStart.length &&
    chain.length === chainStart.length
  );
}
