import { PrismaPg } from '@prisma/adapter-pg';
import { createHash } from 'node:crypto';
import { databaseTarget } from './database-target.js';

/** Connections that one process keeps to its database, as the spec's "Connection Management" has it. */
const poolSize = 10;
/** How long a connection may be idle before it is closed, in milliseconds. */
const idleTimeout = 30_000;
/** How long a request waits for a connection, and a statement runs, before it fails, in milliseconds. */
const connectionTimeout = 5_000;
const statementTimeout = 10_000;
/** How many statements one process keeps prepared by name; any beyond are sent whole each time. */
const preparedStatementLimit = 500;

export interface DatabaseOptions {
  /** A connection URL; `?schema=` names the schema that holds the service's tables. */
  readonly url: string;
  /** How the service shows in `pg_stat_activity`. */
  readonly applicationName: string;
  readonly onError: (error: Error) => void;
}

/**
 * The driver adapter for a service's `PrismaClient`: a bounded pool, UTC on every connection whatever the role's
 * default is (the spec's TIMESTAMP columns hold UTC), a search path that finds the service's schema, and named
 * prepared statements.
 */
export function createDatabaseAdapter({ url, applicationName, onError }: DatabaseOptions): PrismaPg {
  const { connection, schema } = databaseTarget(url);
  return new PrismaPg(
    {
      ...connection,
      max: poolSize,
      idleTimeoutMillis: idleTimeout,
      connectionTimeoutMillis: connectionTimeout,
      statement_timeout: statementTimeout,
      application_name: applicationName,
    },
    { schema, onPoolError: onError, onConnectionError: onError, statementNameGenerator: statementNames() },
  );
}

/** Gives each SQL text a name of its own, up to a bound: an unbounded number would fill the server's memory. */
function statementNames(): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= preparedStatementLimit) return '';
    const name = createHash('sha256').update(sql).digest('base64url').slice(0, 32);
    names.set(sql, name);
    return name;
  };
}
