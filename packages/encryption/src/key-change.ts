import { databaseTarget } from '@caregraph/service-kit/database-target';
import { StartupError } from '@caregraph/service-kit/startup-error';
import { Pool, type PoolClient } from 'pg';
import type { KeyFollowing } from './current-key.js';
import type { EncryptedService } from './encrypted-columns.js';
import type { EncryptionSettings } from './encryption-settings.js';
import { readMasterKeys, type KeyWrapper } from './master-keys.js';

/** Whose keys to change, and how. */
export interface KeyChangeOptions {
  readonly service: EncryptedService;
  /** Connects as the owner. */
  readonly migrationUrl: string;
  readonly settings: EncryptionSettings & { readonly NODE_ENV?: string };
  /** What each transaction says of itself, for the audit trail. */
  readonly changeContext: () => string;
  readonly onStep?: (step: KeyChangeStep) => void;
  /** How the processes follow that use the keys. */
  readonly following?: KeyFollowing;
}

/** What a change of keys is doing. */
export type KeyChangeStep =
  | { readonly kind: 'key'; readonly id: string; readonly isNew: boolean }
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'waiting'; readonly milliseconds: number }
  | { readonly kind: 'retired'; readonly ids: readonly string[] };

/** The master keys of the options, oldest first, and the one that wraps. Throws a `StartupError`. */
export function wrappersOf({ settings }: KeyChangeOptions): {
  readonly wrappers: readonly KeyWrapper[];
  readonly newest: KeyWrapper;
} {
  const wrappers = readMasterKeys(settings, { production: settings.NODE_ENV === 'production' });
  const newest = wrappers.at(-1);
  if (newest === undefined) throw new Error('There is always a master key.');
  return { wrappers, newest };
}

/** Runs `work` while no other process changes keys. Throws a `StartupError` where one does. */
export async function withKeyChange<Result>(
  { service, migrationUrl }: KeyChangeOptions,
  work: (pool: Pool) => Promise<Result>,
): Promise<Result> {
  const pool = new Pool({
    ...databaseTarget(migrationUrl).connection,
    // One holds the lock, the other works.
    max: 2,
    connectionTimeoutMillis: 10_000,
    application_name: 'caregraph-keys',
  });
  // A connection that breaks while nothing runs would otherwise end the process; the next query reports it.
  pool.on('error', () => undefined);
  try {
    const holder = await pool.connect();
    const { rows } = await holder.query<{ taken: boolean }>(
      `SELECT pg_try_advisory_lock(hashtext('caregraph keys:rotate'), hashtext(current_schema())) AS taken`,
    );
    try {
      if (rows[0]?.taken !== true) {
        throw new StartupError(`Another process changes the keys of the ${service} database.`);
      }
      return await work(pool);
    } finally {
      holder.release(true);
    }
  } finally {
    await pool.end();
  }
}

/** Tells the audit trail who acts in this transaction. */
export async function actFor(client: PoolClient, { changeContext }: KeyChangeOptions): Promise<void> {
  await client.query("SELECT set_config('caregraph.audit_context', $1, true)", [changeContext()]);
}
