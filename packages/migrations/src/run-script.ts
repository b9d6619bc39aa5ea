import pg from 'pg';
import { MigrationError } from './migration-error.js';

/** Does both or neither: what `work` changes is undone when it throws. */
export async function inTransaction<Result>(client: pg.Client, work: () => Promise<Result>): Promise<Result> {
  await client.query('BEGIN');
  try {
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/** Runs a whole script. Throws a MigrationError that names the file, the place in it and PostgreSQL's reason. */
export async function runScript(client: pg.Client, file: string, sql: string): Promise<void> {
  try {
    await client.query(sql);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    throw new MigrationError(`${file} failed${placeOf(error, sql)}: ${reasonOf(error)}`, { cause: error });
  }
}

/** PostgreSQL counts characters from one; people count lines. */
function placeOf({ position }: pg.DatabaseError, sql: string): string {
  if (position === undefined) return '';
  const before = Array.from(sql)
    .slice(0, Number(position) - 1)
    .join('');
  const lines = before.split('\n');
  return ` at line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

function reasonOf({ message, detail, hint, where }: pg.DatabaseError): string {
  const parts = [message, detail, hint, where].filter((part) => part !== undefined);
  return parts.map((part) => part.replace(/\.$/, '')).join('. ');
}
