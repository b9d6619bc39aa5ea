import { calculateJwkThumbprint } from 'jose';
import { createPrivateKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { longestAccessTokenLife, longestKeyPublication } from './access-token-limits.js';

const privateKey = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  /** The public key and the private one, in base64url (RFC 8037, section 2). */
  x: z.string().regex(/^[\w-]{43}$/),
  d: z.string().regex(/^[\w-]{43}$/),
  kid: z.string().min(1),
  /** When the key was made, in seconds since 1970, as OpenID Federation 1.0 has it. */
  iat: z.number(),
});

const keySet = z.object({ keys: z.array(privateKey).min(1) });

/** A private key that signs access tokens. */
export type PrivateKey = z.output<typeof privateKey>;
/** What the file of `ACCESS_TOKEN_KEYS_FILE` holds: a JWK Set (RFC 7517, section 5) of private keys. */
export type PrivateKeySet = z.output<typeof keySet>;

/** For how long a key is kept after a newer one was made, in seconds: until that one signs, and its own tokens expire. */
const overlap = longestKeyPublication + longestAccessTokenLife;

/** Reads the text of a key file; throws when it is not a set of at least one private key. */
export function parseKeySet(text: string): PrivateKeySet {
  return keySet.parse(JSON.parse(text));
}

/** A set of one key: a new one, unless it is given. */
export async function createKeySet(
  now: Date,
  key: KeyObject = generateKeyPairSync('ed25519').privateKey,
): Promise<PrivateKeySet> {
  return { keys: [await describeKey(key, now)] };
}

/** Adds a new key, and drops those that can have signed no token that is still good. */
export async function rotateKeySet({ keys }: PrivateKeySet, now: Date): Promise<PrivateKeySet> {
  const seconds = now.getTime() / 1_000;
  const newestOld = Math.max(...keys.filter(({ iat }) => iat < seconds - overlap).map(({ iat }) => iat));
  const [added] = (await createKeySet(now)).keys;
  const kept = keys.filter(({ iat }) => iat >= newestOld);
  return { keys: added === undefined ? kept : [...kept, added] };
}

/** Opens a private key in PKCS#8 PEM form. */
export function keyFromPem(pem: string): KeyObject {
  return createPrivateKey(pem);
}

/** Replaces the file at once, so that nobody reads half of it; only its owner may read it. */
export async function writeKeySet(file: string, set: PrivateKeySet): Promise<void> {
  const partial = `${file}.${randomUUID()}`;
  await writeFile(partial, `${JSON.stringify(set, undefined, 2)}\n`, { mode: 0o600 });
  await rename(partial, file);
}

async function describeKey(key: KeyObject, now: Date): Promise<PrivateKey> {
  const { kty, crv, x, d } = key.export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x: x ?? '' });
  return privateKey.parse({ kty, crv, x, d, kid, iat: Math.floor(now.getTime() / 1_000) });
}
