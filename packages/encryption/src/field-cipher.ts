import { databaseConnectionFailure } from '@caregraph/service-kit/connection-failure';
import { openDatabasePool } from '@caregraph/service-kit/database-pool';
import type { Logger } from '@caregraph/service-kit';
import { StartupError } from '@caregraph/service-kit/startup-error';
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
import { followCurrentKey, type CurrentKey, type KeyFollowing } from './current-key.js';
import { createKnownKeys } from './known-keys.js';
import { exposedKeyFile, readMasterKeys, type MasterKeySettings } from './master-keys.js';
import { untilConnected } from './until-connected.js';

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
  readonly settings: MasterKeySettings;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  readonly following?: KeyFollowing;
  /** How long to wait for a database that cannot be connected to yet, in milliseconds; a minute unless told otherwise. */
  readonly patience?: number;
}

/**
 * Opens the cipher of a migrated database, and makes its first data key where it has none. Throws a `StartupError`
 * that says which key is missing or wrong, or why the database cannot be connected to, for which it waits a while. New
 * data keys are taken up while it is open.
 */
export async function openFieldCipher(options: FieldCipherOptions): Promise<FieldCipher> {
  const { service, databaseUrl, settings, logger } = options;
  let masterKeys = readMasterKeys(settings);
  const exposed = exposedKeyFile(settings);
  if (exposed !== undefined) {
    logger.warn(
      { file: exposed },
      'other accounts than its owner may read the file of the master keys: chmod 600',
    );
  }
  const pool = openDatabasePool({
    ...{ url: databaseUrl, logger },
    ...{ applicationName: `caregraph-${service}-keys`, max: 1 },
  });
  const keys = createKnownKeys(async (id) => {
    const [stored] = await findDataKeys(pool, [id]);
    return stored === undefined ? null : unwrap(stored);
  });

  async function unwrap(stored: StoredDataKey): Promise<DataKey> {
    // The file may have got another line since.
    if (!masterKeys.all.some(({ id }) => id === stored.masterKeyId)) masterKeys = readMasterKeys(settings);
    return unwrapDataKey(stored, service, masterKeys);
  }

  async function decryptAfterFetching(id: string, stored: string, place: Place): Promise<string> {
    const key = await keys.find(id).catch((cause: unknown) => {
      if (!(cause instanceof StartupError)) throw cause;
      throw new DecryptionError(place, `its data key ${id} does not open`, { cause });
    });
    if (key === null) throw new DecryptionError(place, `there is no data key ${id}`);
    return decryptText(key, stored, place);
  }

  async function start(): Promise<CurrentKey> {
    await ensureDataKey(pool, service, masterKeys.newest);
    // Retired keys are fetched when a value asks for one: their master key may be gone for good.
    for (const stored of await findDataKeys(pool)) {
      if (!stored.isRetired) keys.add(await unwrap(stored));
    }
    return followCurrentKey({ pool, fetchKey: (id) => keys.fetch(id), logger, following: options.following });
  }

  try {
    const current = await untilConnected(start, { logger, patience: options.patience });
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
