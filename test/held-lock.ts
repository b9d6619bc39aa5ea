import { Client } from 'pg';

/** A transaction that has done something and waits with its commit; rolled back when it goes out of scope. */
export interface HeldLock extends AsyncDisposable {
  /** Resolves when somebody waits for a lock that this transaction holds, or `others` is settled. */
  isWaitedForBefore(others: Promise<unknown>): Promise<void>;
  commit(): Promise<void>;
}

/** Runs a statement in a transaction and keeps what it locks. */
export async function holdLock(
  databaseUrl: string,
  statement: string,
  values: readonly unknown[],
): Promise<HeldLock> {
  const holder = new Client({ connectionString: databaseUrl, options: '-c TimeZone=UTC' });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query(statement, [...values]);
  const isWaitedFor = async (): Promise<void> => {
    for (;;) {
      const { rowCount } = await holder.query(
        'SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))',
      );
      if (rowCount !== 0) return;
    }
  };
  return {
    isWaitedForBefore: async (others) => {
      await Promise.race([others, isWaitedFor()]);
    },
    async commit() {
      await holder.query('COMMIT');
    },
    [Symbol.asyncDispose]: () => holder.end(),
  };
}

/** Runs one statement and returns its rows. */
export async function runStatement<Row extends object>(
  databaseUrl: string,
  statement: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new Client({ connectionString: databaseUrl, options: '-c TimeZone=UTC' });
  await client.connect();
  try {
    return (await client.query<Row>(statement, [...values])).rows;
  } finally {
    await client.end();
  }
}
