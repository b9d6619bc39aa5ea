import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MigrationError } from './migration-error.js';

/** One migration as it is on disk. */
export interface MigrationFile {
  /** The folder's name: a timestamp of fourteen digits, then what it does. */
  readonly version: string;
  readonly sql: string;
  /** The SHA-256 of `migration.sql` in hexadecimal, as Prisma records it. */
  readonly checksum: string;
  /** What reverts it; null without a `down.sql`. */
  readonly downSql: string | null;
}

/** The first line of a migration that PostgreSQL refuses inside a transaction, such as CREATE INDEX CONCURRENTLY. */
const OUTSIDE_TRANSACTION = /^-- outside a transaction\b/;

/** Whether a script asks, in its first line, to run outside a transaction. */
export function runsOutsideTransaction(sql: string): boolean {
  return OUTSIDE_TRANSACTION.test(sql);
}

/**
 * Reads the migrations in `directory`, oldest first. Throws a MigrationError for a folder that is not named as a
 * migration is, that has no `migration.sql`, or whose script ends the transaction that it runs in.
 */
export async function readMigrationFiles(directory: string): Promise<MigrationFile[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(folders.sort().map((version) => readMigration(directory, version)));
}

async function readMigration(directory: string, version: string): Promise<MigrationFile> {
  if (!/^\d{14}_\w+$/.test(version)) {
    throw new MigrationError(
      `The folder ${join(directory, version)} is not named <timestamp of 14 digits>_<name>.`,
    );
  }
  const [sql, downSql] = await Promise.all(
    ['migration.sql', 'down.sql'].map((name) => readScript(join(directory, version, name))),
  );
  if (sql === null || sql === undefined) {
    throw new MigrationError(`The migration ${version} has no migration.sql.`);
  }
  const checksum = createHash('sha256').update(sql).digest('hex');
  return { version, sql, checksum, downSql: downSql ?? null };
}

async function readScript(path: string): Promise<string | null> {
  let sql;
  try {
    sql = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  if (/^\s*(commit|rollback)\b[^;]*;/im.test(sql)) {
    throw new MigrationError(`${path} ends the transaction that it runs in. Leave COMMIT and ROLLBACK out.`);
  }
  return sql;
}
