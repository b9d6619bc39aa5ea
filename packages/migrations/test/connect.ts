import pg from 'pg';
import { databaseTarget } from '@caregraph/service-kit/database-target';

/** A connection that is closed when it goes out of scope. */
export interface Connection extends AsyncDisposable {
  /** Runs a statement, or a script when there are no values, and returns the (last) rows. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
}

/** Connects as services and the migrator do: in UTC, in the schema that the URL names. */
export async function connect(url: string): Promise<Connection> {
  const client = new pg.Client(databaseTarget(url).connection);
  // The database is dropped, connections and all, when a test has failed.
  client.on('error', () => undefined);
  await client.connect();
  return {
    query: async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> =>
      (await client.query<Row>(sql, values)).rows,
    [Symbol.asyncDispose]: () => client.end(),
  };
}

/**
 * The PostgreSQL error code that a statement within a transaction fails with, and the constraint that it names, if
 * any. The transaction goes on.
 */
export async function failureOf(
  connection: Connection,
  sql: string,
  values: unknown[] = [],
): Promise<{ code: string; constraint: string }> {
  await connection.query('SAVEPOINT before_failure');
  try {
    await connection.query(sql, values);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    await connection.query('ROLLBACK TO SAVEPOINT before_failure');
    return { code: error.code ?? '', constraint: error.constraint ?? '' };
  }
  throw new Error(`Did not fail: ${sql}`);
}
