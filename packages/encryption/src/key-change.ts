import { openDatabasePool, withConnection } from '@caregraph/service-kit/database-pool';
import { StartupError } from '@caregraph/service-kit/startup-error';
import type { Pool, PoolClient } from 'pg';
import type { Writer } from './table-writers.js';
import type { KeyFollowing } from './current-key.js';
import type { EncryptedService } from './encrypted-columns.js';
import type { MasterKeySettings } from './master-keys.js';

/** Whose keys to change, and how. */
export interface KeyChangeOptions {
  readonly service: EncryptedService;
  /** Connects as the owner. */
  readonly migrationUrl: string;
  readonly settings: MasterKeySettings;
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
  /** Others have been in the way for a while, and still are. */
  | { readonly kind: 'blocked'; readonly by: readonly Writer[] }
  | { readonly kind: 'retired'; readonly ids: readonly string[] };

/**
 * Runs `work` while no other process changes keys. Throws a `StartupError` where one does, and fails where that cannot be
 * kept up.
 */
export async function withKeyChange<Result>(
  { service, migrationUrl }: KeyChangeOptions,
  work: (pool: Pool) => Promise<Result>,
): Promise<Result> {
  const pool = openDatabasePool({
    url: migrationUrl,
    applicationName: 'caregraph-keys',
    // One holds the lock, the other works.
    max: 2,
    statementTimeout: false,
  });
  try {
    return await withConnection(pool, async (holder, broken) => {
      const { rows } = await holder.query<{ taken: boolean }>(
        `SELECT pg_try_advisory_lock(hashtext('caregraph keys:rotate'), hashtext(current_schema())) AS taken`,
      );
      if (rows[0]?.taken !== true) {
        throw new StartupError(`Another process changes the keys of the ${service} database.`);
      }
      // Where the connection is gone, so is the lock, and another process may be at it.
      return Promise.race([work(pool), broken]);
    });
  } finally {
    await pool.end();
  }
}

/** Tells the audit trail who acts in this transaction. */
export async function actFor(client: PoolClient, { changeContext }: KeyChangeOptions): Promise<void> {
  await client.query("SELECT set_config('caregraph.audit_context', $1, true)", [changeContext()]);
}
