import { Pool, type PoolClient } from 'pg';
import { databaseTarget } from './database-target.js';
import type { Logger } from './logger.js';

export interface DatabasePoolOptions {
  /** A connection URL; `?schema=` names the schema that holds the service's tables. */
  readonly url: string;
  /** How the connections show in `pg_stat_activity`. */
  readonly applicationName: string;
  /** The most connections that it has at a time. */
  readonly max: number;
  /** Told of connections that break while nobody uses them; without it, whoever uses the next one is. */
  readonly logger?: Pick<Logger, 'warn'>;
  /** How long a statement may run, in milliseconds; false for work that takes as long as it takes. */
  readonly statementTimeout?: number | false;
}

/** How long a connection may be idle before it is closed, in milliseconds. */
const idleTimeout = 30_000;
/** How long to wait for a connection, and by default how long a statement runs, before it fails, in milliseconds. */
const connectionTimeout = 5_000;
const defaultStatementTimeout = 10_000;

/**
 * Opens a pool for statements of our own, beside those of Prisma's client, with UTC and the search path of
 * `databaseTarget`. A connection that breaks does not end the process, as long as nobody takes one with
 * `pool.connect()`: use `withConnection` and `inTransaction`. Throws as `databaseTarget` does; connects only when it is used.
 */
export function openDatabasePool({
  url,
  applicationName,
  max,
  logger,
  statementTimeout = defaultStatementTimeout,
}: DatabasePoolOptions): Pool {
  const pool = new Pool({
    ...databaseTarget(url).connection,
    max,
    idleTimeoutMillis: idleTimeout,
    connectionTimeoutMillis: connectionTimeout,
    statement_timeout: statementTimeout,
    application_name: applicationName,
  });
  pool.on('error', (err) => {
    logger?.warn({ err }, 'a database connection failed');
  });
  return pool;
}

/**
 * Runs `work` with a connection of its own. `broken` rejects when the connection breaks, for work that has it without
 * using it; whoever uses it learns of that from the statement. Where `work` fails, the connection is closed.
 */
export async function withConnection<Result>(
  pool: Pool,
  work: (client: PoolClient, broken: Promise<never>) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let failure: Error | undefined;
  let breakDown: (error: Error) => void = () => undefined;
  const broken = new Promise<never>((_, reject) => {
    breakDown = (error) => {
      failure = error;
      reject(error);
    };
  });
  broken.catch(() => undefined);
  // The pool stops listening when it gives a connection away, and an 'error' without a listener ends the process.
  client.on('error', breakDown);
  try {
    return await work(client, broken);
  } catch (error) {
    failure ??= error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(failure);
    client.removeListener('error', breakDown);
  }
}

/**
 * Runs `work` in a transaction that the statement `begin` starts, and commits it. Where anything fails, the connection
 * is closed, which rolls the transaction back however broken either of them is.
 */
export function inTransaction<Result>(
  pool: Pool,
  begin: string,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  return withConnection(pool, async (client) => {
    await client.query(begin);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  });
}
