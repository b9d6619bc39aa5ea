import { demoPassword, seedDemo } from '@caregraph/seed';
import { databaseTarget } from '@caregraph/service-kit/database-target';
import { Client } from 'pg';
import { z } from 'zod';
import type { Databases } from './databases.js';

/** The accounts to try the platform with; they share one password. */
export interface DemoLogin {
  accounts: readonly { email: string; role: string }[];
  password: string;
}

const accountRows = z.array(z.object({ email: z.string(), role: z.string() }));

/**
 * Fills databases that are still empty with the demo's data, and tells how to log in to it.
 *
 * @returns undefined where the users are somebody's own
 */
export async function prepareDemo({ urls }: Databases): Promise<DemoLogin | undefined> {
  await seedDemo(urls);
  const client = new Client({
    ...databaseTarget(urls.users.migrationUrl).connection,
    connectionTimeoutMillis: 10_000,
    query_timeout: 10_000,
  });
  await client.connect();
  try {
    const { rows } = await client.query(
      "SELECT email, upper(role) AS role FROM users WHERE id <= 4 AND email LIKE '%@hospital.com' AND is_active IS NOT FALSE ORDER BY id",
    );
    const accounts = accountRows.parse(rows);
    return accounts.length === 0 ? undefined : { accounts, password: demoPassword };
  } finally {
    await client.end();
  }
}
