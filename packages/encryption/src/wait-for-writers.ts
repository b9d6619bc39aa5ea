import type { Pool } from 'pg';

/** How often to look whether they are over, in milliseconds. */
const interval = 100;

/** Waits until all transactions are over that write to a table, or lock rows of it, at this moment. */
export async function waitForWriters(pool: Pool, table: string): Promise<void> {
  const { rows: now } = await pool.query<{ transaction: string }>(
    `SELECT DISTINCT virtualtransaction AS transaction FROM pg_locks
    WHERE relation = $1::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND mode IN ('RowShareLock', 'RowExclusiveLock') AND granted`,
    [table],
  );
  let waiting = now.map(({ transaction }) => transaction);
  while (waiting.length > 0) {
    await new Promise((resolve) => setTimeout(resolve, interval));
    const { rows } = await pool.query<{ transaction: string }>(
      'SELECT DISTINCT virtualtransaction AS transaction FROM pg_locks WHERE virtualtransaction = ANY($1)',
      [waiting],
    );
    waiting = rows.map(({ transaction }) => transaction);
  }
}
