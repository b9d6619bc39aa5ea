import type { Pool } from 'pg';
import { z } from 'zod';

/** A transaction that writes to a table, or locks rows of it. */
export interface Writer {
  /** PostgreSQL's own name for it. */
  readonly transaction: string;
  /** The process of the server; null for a transaction that was prepared (two-phase commit). */
  readonly pid: number | null;
  readonly role: string | null;
  /** When it began; null where that is not ours to know, which takes `pg_read_all_stats` for other roles. */
  readonly since: Date | null;
}

const writersSchema = z.array(
  z.object({
    transaction: z.string(),
    pid: z.number().nullable(),
    role: z.string().nullable(),
    since: z.date().nullable(),
  }),
);

/** Who writes to a table at this moment. */
export async function findWriters(pool: Pool, table: string): Promise<Writer[]> {
  const { rows } = await pool.query(
    `SELECT DISTINCT writing.virtualtransaction AS transaction, writing.pid, session.usename AS role,
      session.xact_start AS since
    FROM pg_locks AS writing LEFT JOIN pg_stat_activity AS session ON session.pid = writing.pid
    WHERE writing.relation = $1::regclass AND writing.mode IN ('RowShareLock', 'RowExclusiveLock') AND writing.granted
      AND writing.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ORDER BY since, transaction`,
    [table],
  );
  return writersSchema.parse(rows);
}
