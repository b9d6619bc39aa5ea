import { createSecretKey, randomBytes } from 'node:crypto';
import { inTransaction } from '@caregraph/service-kit/database-pool';
import { StartupError } from '@caregraph/service-kit/startup-error';
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import type { EncryptedService } from './encrypted-columns.js';
import type { DataKey } from './encrypted-text.js';
import type { KeyWrapper, MasterKeys } from './master-keys.js';

const rowsSchema = z.array(
  z.object({
    id: z.string(),
    wrapped_key: z.instanceof(Buffer),
    master_key_id: z.string(),
    is_retired: z.boolean(),
  }),
);

/** A row of `data_keys`. */
export interface StoredDataKey {
  readonly id: string;
  readonly wrapped: Buffer;
  readonly masterKeyId: string;
  readonly isRetired: boolean;
}

/** In bytes: AES-256. */
const keyLength = 32;

/** All keys of a database, or those with these ids; the newest first. */
export async function findDataKeys(
  database: Pool | PoolClient,
  ids: readonly string[] | null = null,
): Promise<StoredDataKey[]> {
  const { rows } = await database.query(
    `SELECT id, wrapped_key, master_key_id, retired_at IS NOT NULL AS is_retired FROM data_keys
    WHERE $1::text[] IS NULL OR id = ANY($1) ORDER BY first_block DESC`,
    [ids],
  );
  return rowsSchema.parse(rows).map((row) => ({
    id: row.id,
    wrapped: row.wrapped_key,
    masterKeyId: row.master_key_id,
    isRetired: row.is_retired,
  }));
}

/** The name under which a data key is wrapped: a wrapped key moved to another row or database does not open. */
function wrappedName(service: EncryptedService, id: string): string {
  return `${service}:${id}`;
}

/** Makes a new key, which encrypts from now on, and returns its id. Within a transaction that holds the keys' lock. */
export async function addDataKey(
  client: PoolClient,
  service: EncryptedService,
  wrapper: KeyWrapper,
): Promise<string> {
  // Random, so that a key made after a database was restored is not mistaken for one from before.
  const id = randomBytes(8).toString('hex');
  const wrapped = await wrapper.wrap(randomBytes(keyLength), wrappedName(service, id));
  await client.query('INSERT INTO data_keys (id, wrapped_key, master_key_id) VALUES ($1, $2, $3)', [
    ...[id, wrapped, wrapper.id],
  ]);
  return id;
}

/** Makes the first key of a database where it has none; of several processes that start at once, one does. */
export async function ensureDataKey(
  pool: Pool,
  service: EncryptedService,
  wrapper: KeyWrapper,
): Promise<void> {
  const { rowCount } = await pool.query('SELECT FROM data_keys WHERE retired_at IS NULL LIMIT 1');
  if (rowCount !== 0) return;
  await inKeyTurn(pool, async (client) => {
    const found = await client.query('SELECT FROM data_keys WHERE retired_at IS NULL LIMIT 1');
    if (found.rowCount === 0) await addDataKey(client, service, wrapper);
  });
}

/** Runs `work` in a transaction during which nobody else makes or retires keys. */
export function inKeyTurn<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  return inTransaction(pool, 'BEGIN', async (client) => {
    await client.query(
      "SELECT pg_advisory_xact_lock(hashtext('caregraph.data_keys'), hashtext(current_schema()))",
    );
    return work(client);
  });
}

/** Opens a data key. Throws a `StartupError` that names the key and what it wants, and no key's content. */
export async function unwrapDataKey(
  stored: StoredDataKey,
  service: EncryptedService,
  { source, all: wrappers }: Pick<MasterKeys, 'source' | 'all'>,
): Promise<DataKey> {
  const { id, wrapped, masterKeyId } = stored;
  const wrapper = wrappers.find((candidate) => candidate.id === masterKeyId);
  if (wrapper === undefined) {
    const given = wrappers.map((candidate) => `"${candidate.id}"`).join(', ');
    throw new StartupError(
      `The data key ${id} of the ${service} database is wrapped by the master key "${masterKeyId}", which ${source} does not hold: it holds ${given}. Put the right key back.`,
    );
  }
  try {
    return { id, key: createSecretKey(await wrapper.unwrap(wrapped, wrappedName(service, id))) };
  } catch (cause) {
    throw new StartupError(
      `The data key ${id} of the ${service} database does not open with the master key "${masterKeyId}" of ${source}: it is another key of that name, or the wrapped key was altered.`,
      { cause },
    );
  }
}

/** Wraps a key with the newest master key. Within a transaction that holds the keys' lock. */
export async function rewrapDataKey(
  client: PoolClient,
  stored: StoredDataKey,
  service: EncryptedService,
  masterKeys: MasterKeys,
): Promise<void> {
  const { key } = await unwrapDataKey(stored, service, masterKeys);
  const wrapper = masterKeys.newest;
  const wrapped = await wrapper.wrap(key.export(), wrappedName(service, stored.id));
  await client.query('UPDATE data_keys SET wrapped_key = $2, master_key_id = $3 WHERE id = $1', [
    ...[stored.id, wrapped, wrapper.id],
  ]);
}
