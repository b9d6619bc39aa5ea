import { databaseTarget, quoteIdentifier } from '@caregraph/service-kit/database-target';
import pg from 'pg';
import { MigrationError } from './migration-error.js';
import { MigrationHistory } from './migration-history.js';

/** The advisory lock under which Prisma's own schema engine migrates, too. */
const MIGRATION_LOCK = 72707369;
/** PostgreSQL's code for a lock that was not granted within lock_timeout. */
const LOCK_NOT_AVAILABLE = '55P03';

/** How long a server may take to take a connection, in milliseconds. Migrations themselves may take long. */
const connectTimeout = 10_000;

/** A connection as the owner of a service's tables. */
export interface MigrationSession {
  readonly client: pg.Client;
  readonly schema: string;
  readonly history: MigrationHistory;
}

/** Runs `work` over a connection of its own, which is closed afterwards. */
export async function withSession<Result>(
  migrationUrl: string,
  work: (session: MigrationSession) => Promise<Result>,
): Promise<Result> {
  const { connection, schema } = databaseTarget(migrationUrl);
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: connectTimeout });
  // A connection that breaks while nothing runs would otherwise end the process; the next query reports it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work({ client, schema, history: new MigrationHistory(client, schema) });
  } finally {
    await client.end();
  }
}

/** How long to wait for somebody else's migrations, and how to say so. */
export interface LockPatience {
  /** In milliseconds. */
  readonly lockTimeout: number;
  /** Called once, before waiting, when somebody else holds the lock. */
  readonly onWait: (message: string) => void;
}

/**
 * Like `withSession`, but as the only one who migrates this database; with the schema and the table of migrations
 * in place. Throws a MigrationError when somebody else migrates for longer than `lockTimeout`.
 */
export async function withExclusiveSession<Result>(
  migrationUrl: string,
  patience: LockPatience,
  work: (session: MigrationSession) => Promise<Result>,
): Promise<Result> {
  return withSession(migrationUrl, async (session) => {
    await lock(session.client, patience);
    await createSchema(session);
    await session.history.create();
    return work(session);
  });
}

async function lock(client: pg.Client, { lockTimeout, onWait }: LockPatience): Promise<void> {
  const { rows } = await client.query<{ granted: boolean }>('SELECT pg_try_advisory_lock($1) AS granted', [
    MIGRATION_LOCK,
  ]);
  if (rows[0]?.granted === true) return;
  onWait('Another process is migrating this database; waiting for it to finish.');
  await client.query("SELECT set_config('lock_timeout', $1, false)", [String(lockTimeout)]);
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== LOCK_NOT_AVAILABLE) throw error;
    const seconds = Math.round(lockTimeout / 1000);
    throw new MigrationError(
      `Another process has been migrating this database for more than ${seconds} s. Nothing was changed.`,
    );
  }
  await client.query('RESET lock_timeout');
}

/** A schema that is there needs no right to create one. */
async function createSchema({ client, schema }: MigrationSession): Promise<void> {
  const { rows } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
  if (rows.length === 0) await client.query(`CREATE SCHEMA ${quoteIdentifier(schema)}`);
}
