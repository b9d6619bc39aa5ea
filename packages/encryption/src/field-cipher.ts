import { databaseConnectionFailure } from '@caregraph/service-kit/connection-failure';
import { databaseTarget } from '@caregraph/service-kit/database-target';
import type { Logger } from '@caregraph/service-kit';
import { StartupError } from '@caregraph/service-kit/startup-error';
import { Pool } from 'pg';
import { ensureDataKey, findDataKeys, unwrapDataKey, type StoredDataKey } from './data-keys.js';
import type { EncryptedService } from './encrypted-columns.js';
import {
  DecryptionError,
  decryptText,
  encryptText,
  isEncrypted,
  keyIdOf,
  type DataKey,
  type Place,
} from './encrypted-text.js';
import type { EncryptionSettings } from './encryption-settings.js';
import { followCurrentKey, type KeyFollowing } from './current-key.js';
import { readMasterKeys, type KeyWrapper } from './master-keys.js';

/** Encrypts the clinical text of one service's database, and decrypts it. */
export interface FieldCipher {
  /** The stored form of a text for its place. */
  encrypt(text: string, place: Place): string;
  /**
   * The text of a stored form; what is from before encryption comes back as it is. A promise only where a key has to be
   * fetched first. Throws, or rejects with, a `DecryptionError` for a value that was altered, moved here from
   * elsewhere, or is under a key that there is not.
   */
  decrypt(stored: string, place: Place): string | Promise<string>;
  /** Lets go of the database. */
  close(): Promise<void>;
}

/** Which cipher to open. */
export interface FieldCipherOptions {
  readonly service: EncryptedService;
  /** The service's role, or the owner of its database. */
  readonly databaseUrl: string;
  /** In production, which `NODE_ENV` tells, no master key may look made up. */
  readonly settings: EncryptionSettings & { readonly NODE_ENV?: string };
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  readonly following?: KeyFollowing;
}

/**
 * Opens the cipher of a migrated database, and makes its first data key where it has none. Throws a `StartupError`
 * that says which key is missing or wrong, or why the database cannot be connected to. New data keys are taken up while it is open.
 */
export async function openFieldCipher(options: FieldCipherOptions): Promise<FieldCipher> {
  const { service, databaseUrl, settings, logger } = options;
  const readWrappers = (): readonly KeyWrapper[] =>
    readMasterKeys(settings, { production: settings.NODE_ENV === 'production' });
  let wrappers = readWrappers();
  const newest = wrappers.at(-1);
  if (newest === undefined) throw new Error('There is always a master key.');
  const pool = new Pool({
    ...databaseTarget(databaseUrl).connection,
    max: 1,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    application_name: `caregraph-${service}-keys`,
  });
  pool.on('error', (err) => {
    logger.warn({ err }, 'a database connection failed');
  });
  const keys = new Map<string, DataKey>();

  async function unwrap(stored: StoredDataKey): Promise<DataKey> {
    // The file may have got another line since.
    if (!wrappers.some(({ id }) => id === stored.masterKeyId)) wrappers = readWrappers();
    return unwrapDataKey(stored, service, wrappers);
  }

  /** The key of this id; null where there is none in the database. */
  async function fetchKey(id: string): Promise<DataKey | null> {
    const known = keys.get(id);
    if (known !== undefined) return known;
    const [stored] = await findDataKeys(pool, [id]);
    if (stored === undefined) return null;
    const key = await unwrap(stored);
    keys.set(id, key);
    return key;
  }

  async function decryptAfterFetching(id: string, stored: string, place: Place): Promise<string> {
    const key = await fetchKey(id).catch((cause: unknown) => {
      if (!(cause instanceof StartupError)) throw cause;
      throw new DecryptionError(place, `its data key ${id} does not open`, { cause });
    });
    if (key === null) throw new DecryptionError(place, `there is no data key ${id}`);
    return decryptText(key, stored, place);
  }

  try {
    await ensureDataKey(pool, service, newest);
    // Retired keys are fetched when a value asks for one: their master key may be gone for good.
    for (const stored of await findDataKeys(pool)) {
      if (!stored.isRetired) keys.set(stored.id, await unwrap(stored));
    }
    const current = await followCurrentKey({ pool, fetchKey, logger, following: options.following });
    return {
      encrypt: (text, place) => encryptText(current.take(), text, place),
      decrypt(stored, place) {
        if (!isEncrypted(stored)) return stored;
        const id = keyIdOf(stored);
        if (id === null) throw new DecryptionError(place, 'its form is damaged');
        const key = keys.get(id);
        return key === undefined ? decryptAfterFetching(id, stored, place) : decryptText(key, stored, place);
      },
      async close() {
        current.stop();
        await pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    const failure = databaseConnectionFailure(error);
    throw failure === undefined ? error : new StartupError(failure, { cause: error });
  }
}
