import { demoPassword, seedDemo } from '@caregraph/seed';
import { databaseTarget } from '@caregraph/service-kit/database-target';
import { Client } from 'pg';
import { z } from 'zod';
import type { Databases } from './databases.js';
import { masterKeyEnvironment } from './master-key.js';
import type { Settings } from './settings.js';
import type { ShowStep } from './show-step.js';

/** The accounts to try the platform with; they share one password. */
export interface DemoLogin {
  accounts: readonly { email: string; role: string }[];
  password: string;
}

/** Who can log in. */
export interface Accounts {
  /** Whether nobody can: there is no account at all. */
  isEmpty: boolean;
  /** Undefined where the users are somebody's own. */
  demo: DemoLogin | undefined;
}

const accountRows = z.array(z.object({ email: z.string(), role: z.string() }));

/** Fills embedded databases that have no users with the demo's data, but not in production; tells who can log in. */
export async function prepareAccounts(
  { urls, cluster }: Databases,
  settings: Settings,
  showStep: ShowStep,
): Promise<Accounts> {
  const client = new Client({
    ...databaseTarget(urls.users.migrationUrl).connection,
    connectionTimeoutMillis: 10_000,
    query_timeout: 10_000,
  });
  await client.connect();
  try {
    const isForDemo = cluster !== undefined && !settings.production;
    const wasEmpty = await isEmpty(client);
    if (!isForDemo) return { isEmpty: wasEmpty, demo: undefined };
    if (!wasEmpty) return { isEmpty: false, demo: await findDemo(client) };
    await showStep('Demo data', () => seedDemo(urls, masterKeyEnvironment(settings)));
    return { isEmpty: await isEmpty(client), demo: await findDemo(client) };
  } finally {
    await client.end();
  }
}

async function isEmpty(client: Client): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM users LIMIT 1');
  return rowCount === 0;
}

async function findDemo(client: Client): Promise<DemoLogin | undefined> {
  const { rows } = await client.query(
    "SELECT email, upper(role) AS role FROM users WHERE id <= 4 AND email LIKE '%@hospital.com' AND is_active IS NOT FALSE ORDER BY id",
  );
  const accounts = accountRows.parse(rows);
  return accounts.length === 0 ? undefined : { accounts, password: demoPassword };
}
