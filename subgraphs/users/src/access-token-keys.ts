import { StartupError, type AccessTokenState, type Logger } from '@caregraph/service-kit';
import { importJWK, type CryptoKey } from 'jose';
import { readFile } from 'node:fs/promises';
import { parseKeySet, type PrivateKey } from './access-token-key-set.js';

/** How often the file is read, in milliseconds: a watch would miss what a mounted secret's symbolic link points to. */
const readingInterval = 1_000;
/**
 * How long a key is published before it signs, in milliseconds: whoever verifies tokens asks for the keys every second,
 * and has it by then.
 */
const publicationTime = 5_000;

/** A key that signs. */
export interface SigningKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

/** The keys of the file, as it is now. */
export interface AccessTokenKeys {
  /** The key that signs now: the newest that was published long enough ago, or else the one that is published longest. */
  signingKey(now?: Date): SigningKey;
  /** RFC 7517: all public keys. */
  jwks(): AccessTokenState['jwks'];
  /** Reads the file now, beside the usual turns. */
  reload(now?: Date): Promise<void>;
  stop(): void;
}

interface KnownKey extends SigningKey {
  readonly createdAt: number;
  readonly publishedAt: number;
  readonly publicKey: AccessTokenState['jwks']['keys'][number];
}

/**
 * Opens the file of `ACCESS_TOKEN_KEYS_FILE` and follows its changes. While it is missing, or does not hold keys, those
 * that were read last stay. Throws a `StartupError` when it cannot be used from the beginning.
 */
export async function followAccessTokenKeys(file: string, logger: Logger): Promise<AccessTokenKeys> {
  let text = '';
  let known: readonly KnownKey[] = [];
  let isReadable = true;

  async function read(publishedAt: (key: PrivateKey) => number): Promise<void> {
    const current = await readFile(file, 'utf8');
    if (current === text) return;
    known = await Promise.all(
      parseKeySet(current).keys.map(async (key) => {
        const same = known.find(({ kid }) => kid === key.kid);
        return same ?? { ...(await openKey(key)), publishedAt: publishedAt(key) };
      }),
    );
    text = current;
  }

  async function reload(now = new Date()): Promise<void> {
    try {
      await read(() => now.getTime());
      if (!isReadable) logger.info('the access token keys can be read again');
      isReadable = true;
    } catch (error) {
      // Not the error: the parser's message may quote what is in the file.
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (isReadable) logger.error({ code }, 'the access token keys cannot be read; the last ones stay');
      isReadable = false;
    }
  }

  try {
    // What this process published before it was started anew, or another one did, was published when it was made.
    await read(({ iat }) => iat * 1_000);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error;
    throw new StartupError(
      missing
        ? `ACCESS_TOKEN_KEYS_FILE: ${file} cannot be read (${String(error.code)}).`
        : `ACCESS_TOKEN_KEYS_FILE: ${file} is not a JWK Set of Ed25519 keys; "npm run tokens:rotate-key" makes one.`,
    );
  }
  const timer = setInterval(() => void reload(), readingInterval);
  timer.unref();

  return {
    signingKey(now = new Date()) {
      const published = known.filter((key) => key.publishedAt <= now.getTime() - publicationTime);
      const [newest] = published.toSorted((one, other) => other.createdAt - one.createdAt);
      const [first] = known.toSorted(
        (one, other) => one.publishedAt - other.publishedAt || one.createdAt - other.createdAt,
      );
      const key = newest ?? first;
      if (key === undefined) throw new Error('A set of keys is never empty.');
      return key;
    },
    jwks: () => ({ keys: known.map(({ publicKey }) => publicKey) }),
    reload,
    stop() {
      clearInterval(timer);
    },
  };
}

async function openKey(key: PrivateKey): Promise<Omit<KnownKey, 'publishedAt'>> {
  const { kty, crv, x, kid, iat } = key;
  const publicKey = { kty, crv, x, kid, alg: 'EdDSA', use: 'sig' };
  const opened = await importJWK(key, 'EdDSA');
  if (opened instanceof Uint8Array) throw new Error('An Ed25519 key is no secret of bytes.');
  return { kid, key: opened, createdAt: iat, publicKey };
}
