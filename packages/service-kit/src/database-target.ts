import type { ConnectionOptions } from 'node:tls';
import { takeDatabaseTls } from './database-tls.js';

/** Where tables live: what to hand to `pg`, and which schema of that database. */
export interface DatabaseTarget {
  /** Connects with UTC and with unqualified names resolved in `schema`, then in `public` (where extensions are). */
  readonly connection: { readonly connectionString: string; readonly ssl?: ConnectionOptions | false };
  readonly schema: string;
  readonly database: string;
}

/**
 * Reads a PostgreSQL URL that may name a schema as Prisma's URLs do: `postgresql://…/database?schema=name`, by
 * default `public`, and how to encrypt as libpq's do: `sslmode`, `sslrootcert`, `sslcert`, `sslkey`. Throws a TypeError,
 * which repeats no part of the URL, for what is no URL of PostgreSQL, and a `StartupError` where a certificate cannot
 * be read.
 */
export function databaseTarget(databaseUrl: string): DatabaseTarget {
  if (!URL.canParse(databaseUrl)) throw new TypeError('The database URL is not a URL');
  const url = new URL(databaseUrl);
  const database = decodeURIComponent(url.pathname.slice(1));
  if (!['postgresql:', 'postgres:'].includes(url.protocol) || database === '') {
    throw new TypeError('The database URL is not of the form postgresql://user:password@host:port/database');
  }
  const ssl = takeDatabaseTls(url);
  const schema = url.searchParams.get('schema') ?? 'public';
  url.searchParams.delete('schema');
  const searchPath = schema === 'public' ? 'public' : `${quoteIdentifier(schema)},public`;
  const options = [
    url.searchParams.get('options') ?? '',
    '-c TimeZone=UTC',
    `-c search_path=${escapeOptionValue(searchPath)}`,
  ];
  url.searchParams.set('options', options.join(' ').trim());
  return { connection: { connectionString: url.href, ...(ssl !== undefined && { ssl }) }, schema, database };
}

/** Quotes a name for SQL, whatever is in it. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Start-up options are split at blanks, which a backslash escapes (libpq, "options"). */
function escapeOptionValue(value: string): string {
  return value.replace(/[\\ ]/g, '\\$&');
}
