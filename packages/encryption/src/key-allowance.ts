import type { Pool } from 'pg';

/** How many values a process may encrypt for each block that it takes. */
export const blockSize = 2 ** 16;
/** NIST SP 800-38D, section 8.3: at most 2^32 values under one key, where nonces are random. */
export const mostBlocks = 2 ** 32 / blockSize;

/**
 * Takes a block of a key's uses, and tells the number of blocks that have been taken of it, this one included. The
 * sequence never goes back, not even where a transaction does: the number may be too high, never too low.
 */
export async function takeBlock(pool: Pool, keyId: string): Promise<number> {
  const { rows } = await pool.query<{ used: string }>(
    `SELECT nextval('data_key_blocks') - first_block AS used FROM data_keys WHERE id = $1`,
    [keyId],
  );
  if (rows[0] === undefined) throw new Error(`There is no data key ${keyId}.`);
  return Number(rows[0].used);
}
