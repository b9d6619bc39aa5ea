import { databaseTarget } from '@caregraph/service-kit/database-target';
import { StartupError } from '@caregraph/service-kit/startup-error';
import { Pool, type PoolClient } from 'pg';
import { defaultFollowing, type KeyFollowing } from './current-key.js';
import { addDataKey, findDataKeys, inKeyTurn, rewrapDataKey, type StoredDataKey } from './data-keys.js';
import { encryptedTables, type EncryptedService } from './encrypted-columns.js';
import { encryptedPrefix, prefixOf } from './encrypted-text.js';
import type { EncryptionSettings } from './encryption-settings.js';
import { openFieldCipher, type FieldCipher } from './field-cipher.js';
import { readMasterKeys } from './master-keys.js';
import { reencryptTable, type TableOutcome } from './reencrypt-table.js';
import { waitForWriters } from './wait-for-writers.js';

/** Whose keys to change, and how. */
export interface RotationOptions {
  readonly service: EncryptedService;
  /** Connects as the owner. */
  readonly migrationUrl: string;
  readonly settings: EncryptionSettings & { readonly NODE_ENV?: string };
  /** What each transaction says of itself, for the audit trail. */
  readonly changeContext: () => string;
  readonly onStep?: (step: RotationStep) => void;
  /** How the processes follow that use the keys. */
  readonly following?: KeyFollowing;
}

/** What a change of keys is doing. */
export type RotationStep =
  | { readonly kind: 'key'; readonly id: string; readonly isNew: boolean }
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'waiting'; readonly milliseconds: number }
  | { readonly kind: 'retired'; readonly ids: readonly string[] };

/**
 * Gives a service's values a new data key while it runs, and retires the former ones once nothing is left under them
 * or in clear. Where an earlier run was interrupted, it goes on with that one's key. Where a value does not decrypt, no
 * key is retired. Throws a `StartupError` where another process is at it.
 */
export async function rotateDataKeys(options: RotationOptions): Promise<TableOutcome> {
  const { service, onStep = () => undefined, following = defaultFollowing } = options;
  return withOwnPool(options, async (pool) => {
    const wrapper = readWrappers(options).at(-1);
    if (wrapper === undefined) throw new Error('There is always a master key.');
    const target = await inKeyTurn(pool, async (client) => {
      await actFor(client, options);
      const inUse = (await findDataKeys(client)).filter(({ isRetired }) => !isRetired);
      const [newest] = inUse;
      const isUnfinished = newest !== undefined && inUse.length > 1;
      const id = isUnfinished ? newest.id : await addDataKey(client, service, wrapper);
      onStep({ kind: 'key', id, isNew: !isUnfinished });
      return id;
    });
    return withCipher(options, async (cipher) => {
      const first = await reencrypt(options, { pool, cipher, finishedPrefix: prefixOf(target) });
      const wait = await untilKnown(pool, target, following.patience + following.journey);
      onStep({ kind: 'waiting', milliseconds: wait });
      await new Promise((resolve) => setTimeout(resolve, wait));
      await waitForWriters(pool, encryptedTables[service].table);
      const last = await reencrypt(options, { pool, cipher, finishedPrefix: prefixOf(target) });
      if (last.unreadable.length === 0) {
        onStep({ kind: 'retired', ids: await retireAllBut(pool, target, options) });
      }
      return { changed: first.changed + last.changed, unreadable: last.unreadable };
    });
  });
}

/** Encrypts what is still in clear, with the key that there is: what was written before values were encrypted. */
export async function encryptClearValues(options: RotationOptions): Promise<TableOutcome> {
  return withOwnPool(options, (pool) =>
    withCipher(options, (cipher) => reencrypt(options, { pool, cipher, finishedPrefix: encryptedPrefix })),
  );
}

/** What became of the data keys under a new master key. */
export interface RewrapOutcome {
  readonly rewrapped: number;
  /** Retired keys that stay as they are, because their master key is not there any more. */
  readonly left: readonly StoredDataKey[];
}

/** Wraps the data keys anew, with the newest master key; values stay as they are. */
export async function rewrapDataKeys(options: RotationOptions): Promise<RewrapOutcome> {
  const wrappers = readWrappers(options);
  const newest = wrappers.at(-1);
  if (newest === undefined) throw new Error('There is always a master key.');
  return withOwnPool(options, (pool) =>
    inKeyTurn(pool, async (client) => {
      await actFor(client, options);
      const others = (await findDataKeys(client)).filter(({ masterKeyId }) => masterKeyId !== newest.id);
      const isLost = ({ isRetired, masterKeyId }: StoredDataKey): boolean =>
        isRetired && !wrappers.some(({ id }) => id === masterKeyId);
      const left = others.filter(isLost);
      const rest = others.filter((key) => !isLost(key));
      for (const key of rest) await rewrapDataKey(client, key, options.service, wrappers, newest);
      return { rewrapped: rest.length, left };
    }),
  );
}

function readWrappers({ settings }: RotationOptions): ReturnType<typeof readMasterKeys> {
  return readMasterKeys(settings, { production: settings.NODE_ENV === 'production' });
}

async function withOwnPool<Result>(
  { service, migrationUrl }: RotationOptions,
  work: (pool: Pool) => Promise<Result>,
): Promise<Result> {
  const pool = new Pool({
    ...databaseTarget(migrationUrl).connection,
    // One holds the lock, the other works.
    max: 2,
    connectionTimeoutMillis: 10_000,
    application_name: 'caregraph-keys',
  });
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

async function withCipher<Result>(
  { service, migrationUrl, settings }: RotationOptions,
  work: (cipher: FieldCipher) => Promise<Result>,
): Promise<Result> {
  const ignore = (): undefined => undefined;
  const logger = { warn: ignore, error: ignore };
  // Nobody changes the key but whoever holds the lock, which is us.
  const following = { ...defaultFollowing, patience: Infinity };
  const cipher = await openFieldCipher({ service, databaseUrl: migrationUrl, settings, logger, following });
  try {
    return await work(cipher);
  } finally {
    await cipher.close();
  }
}

function reencrypt(
  { service, changeContext, onStep = () => undefined }: RotationOptions,
  task: { readonly pool: Pool; readonly cipher: FieldCipher; readonly finishedPrefix: string },
): Promise<TableOutcome> {
  return reencryptTable({
    ...task,
    table: encryptedTables[service],
    changeContext,
    onProgress: (done, total) => {
      onStep({ kind: 'progress', done, total });
    },
  });
}

/** How long it still takes until every process knows a key, in milliseconds. */
async function untilKnown(pool: Pool, keyId: string, time: number): Promise<number> {
  const { rows } = await pool.query<{ age: number }>(
    `SELECT extract(epoch FROM clock_timestamp() AT TIME ZONE 'UTC' - created_at)::float8 * 1000 AS age
    FROM data_keys WHERE id = $1`,
    [keyId],
  );
  return Math.max(0, time - (rows[0]?.age ?? 0));
}

async function retireAllBut(pool: Pool, keyId: string, options: RotationOptions): Promise<string[]> {
  return inKeyTurn(pool, async (client) => {
    await actFor(client, options);
    const { rows } = await client.query<{ id: string }>(
      `UPDATE data_keys SET retired_at = clock_timestamp() AT TIME ZONE 'UTC'
      WHERE id <> $1 AND retired_at IS NULL RETURNING id`,
      [keyId],
    );
    return rows.map(({ id }) => id);
  });
}

async function actFor(client: PoolClient, { changeContext }: RotationOptions): Promise<void> {
  await client.query("SELECT set_config('caregraph.audit_context', $1, true)", [changeContext()]);
}
