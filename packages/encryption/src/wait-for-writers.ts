import type { Pool } from 'pg';
import { createPatience } from './patience.js';
import { findWriters, type Writer } from './table-writers.js';

/** How often to look whether they are over, in milliseconds. */
const interval = 100;

/**
 * Waits until all transactions are over that write to a table, or lock rows of it, at this moment; where that takes
 * long, tells whose they are.
 */
export async function waitForWriters(
  pool: Pool,
  table: string,
  onBlocked: (by: readonly Writer[]) => void,
): Promise<void> {
  const patience = createPatience();
  let waiting: readonly Writer[] = await findWriters(pool, table);
  while (waiting.length > 0) {
    await new Promise((resolve) => setTimeout(resolve, interval));
    const { rows } = await pool.query<{ transaction: string }>(
      'SELECT DISTINCT virtualtransaction AS transaction FROM pg_locks WHERE virtualtransaction = ANY($1)',
      [waiting.map(({ transaction }) => transaction)],
    );
    const present = new Set(rows.map(({ transaction }) => transaction));
    waiting = waiting.filter(({ transaction }) => present.has(transaction));
    if (waiting.length > 0 && patience.isExhausted()) onBlocked(waiting);
  }
}
