import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quoteIdentifier } from '@caregraph/service-kit/database-target';
import { MigrationError } from './migration-error.js';
import type { MigrationSession } from './migration-session.js';
import { inTransaction, runScript } from './run-script.js';

/**
 * Grants the runtime role what `privileges.sql` in `directory` says and takes everything else from it; does
 * nothing when it is the owner. The script names the role and the schema as psql's variables do.
 */
export async function applyPrivileges(
  { client, schema }: MigrationSession,
  directory: string,
  runtimeRole: string,
): Promise<void> {
  const { rows } = await client.query<{ owner: boolean; exists: boolean }>(
    `SELECT current_user = $1 AS owner, EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS exists`,
    [runtimeRole],
  );
  if (rows[0]?.owner === true) return;
  if (rows[0]?.exists !== true) {
    throw new MigrationError(`The role "${runtimeRole}" does not exist; create it before migrating.`);
  }
  const path = join(directory, 'privileges.sql');
  const script = (await readFile(path, 'utf8'))
    .replaceAll(':"runtime_role"', () => quoteIdentifier(runtimeRole))
    .replaceAll(':"schema"', () => quoteIdentifier(schema));
  await inTransaction(client, () => runScript(client, path, script));
}
