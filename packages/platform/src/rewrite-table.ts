import { encryptedTables, type EncryptedService } from '@caregraph/encryption';
import { databaseTarget, quoteIdentifier } from '@caregraph/service-kit/database-target';
import { Client } from 'pg';
import type { Databases } from './databases.js';

/**
 * Writes the table with a service's clinical text into a new file, so that no former version of a record stays in the
 * old one. Nobody else reads or writes the table meanwhile. On the embedded server it also empties what the planner
 * had sampled of the values, and waits until the old files are gone.
 */
export async function rewriteTable({ urls, cluster }: Databases, service: EncryptedService): Promise<void> {
  const { migrationUrl } = urls[service];
  const table = quoteIdentifier(encryptedTables[service].table);
  await run(migrationUrl, [`VACUUM (FULL, ANALYZE) ${table}`]);
  if (cluster === undefined) return;
  const database = decodeURIComponent(new URL(migrationUrl).pathname.slice(1));
  await run(cluster.superuserUrl(database), ['VACUUM (FULL) pg_catalog.pg_statistic', 'CHECKPOINT']);
}

async function run(url: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ ...databaseTarget(url).connection, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
