import type { Pool } from 'pg';
import { defaultFollowing } from './current-key.js';
import { addDataKey, findDataKeys, inKeyTurn } from './data-keys.js';
import { encryptedTables } from './encrypted-columns.js';
import { encryptedPrefix, prefixOf } from './encrypted-text.js';
import { openFieldCipher, type FieldCipher } from './field-cipher.js';
import { actFor, withKeyChange, type KeyChangeOptions } from './key-change.js';
import { readMasterKeys } from './master-keys.js';
import { reencryptTable, type TableOutcome } from './reencrypt-table.js';
import { waitForWriters } from './wait-for-writers.js';

/**
 * Gives a service's values a new data key while it runs, and retires the former ones once nothing is left under them
 * or in clear. Where an earlier run was interrupted, it goes on with that one's key. Where a value does not decrypt, no
 * key is retired. Throws a `StartupError` where another process is at it.
 */
export async function rotateDataKeys(options: KeyChangeOptions): Promise<TableOutcome> {
  const { service, onStep = () => undefined, following = defaultFollowing } = options;
  return withKeyChange(options, async (pool) => {
    const { id, isNew } = await targetKey(pool, options);
    onStep({ kind: 'key', id, isNew });
    return withCipher(options, async (cipher) => {
      const first = await reencrypt(options, { pool, cipher, finishedPrefix: prefixOf(id) });
      const milliseconds = await untilKnown(pool, id, following.patience + following.journey);
      onStep({ kind: 'waiting', milliseconds });
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      await waitForWriters(pool, encryptedTables[service].table, (by) => {
        onStep({ kind: 'blocked', by });
      });
      const last = await reencrypt(options, { pool, cipher, finishedPrefix: prefixOf(id) });
      if (last.unreadable.length === 0) {
        onStep({ kind: 'retired', ids: await retireAllBut(pool, id, options) });
      }
      return { changed: first.changed + last.changed, unreadable: last.unreadable };
    });
  });
}

/** Encrypts what is still in clear, with the key that there is: what was written before values were encrypted. */
export async function encryptClearValues(options: KeyChangeOptions): Promise<TableOutcome> {
  return withKeyChange(options, (pool) =>
    withCipher(options, (cipher) => reencrypt(options, { pool, cipher, finishedPrefix: encryptedPrefix })),
  );
}

/** The key that all values are to have: that of a rotation which was interrupted, otherwise a new one. */
async function targetKey(pool: Pool, options: KeyChangeOptions): Promise<{ id: string; isNew: boolean }> {
  const { newest: wrapper } = readMasterKeys(options.settings);
  return inKeyTurn(pool, async (client) => {
    const [newest, ...others] = (await findDataKeys(client)).filter(({ isRetired }) => !isRetired);
    if (newest !== undefined && others.length > 0) return { id: newest.id, isNew: false };
    await actFor(client, options);
    return { id: await addDataKey(client, options.service, wrapper), isNew: true };
  });
}

async function withCipher<Result>(
  { service, migrationUrl, settings }: KeyChangeOptions,
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
  { service, changeContext, onStep = () => undefined }: KeyChangeOptions,
  task: { readonly pool: Pool; readonly cipher: FieldCipher; readonly finishedPrefix: string },
): Promise<TableOutcome> {
  return reencryptTable({
    ...task,
    table: encryptedTables[service],
    changeContext,
    onProgress: (done, total) => {
      onStep({ kind: 'progress', done, total });
    },
    onBlocked(by) {
      onStep({ kind: 'blocked', by });
    },
  });
}

/** How long it still takes until every process knows a key that takes so long to be known, in milliseconds. */
async function untilKnown(pool: Pool, keyId: string, time: number): Promise<number> {
  const { rows } = await pool.query<{ age: number }>(
    `SELECT extract(epoch FROM clock_timestamp() AT TIME ZONE 'UTC' - created_at)::float8 * 1000 AS age
    FROM data_keys WHERE id = $1`,
    [keyId],
  );
  return Math.max(0, time - (rows[0]?.age ?? 0));
}

async function retireAllBut(pool: Pool, keyId: string, options: KeyChangeOptions): Promise<string[]> {
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
