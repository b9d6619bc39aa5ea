import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';

/** Where a value lives, to which its encrypted form is bound. Neither name has a colon in it. */
export interface Place {
  readonly table: string;
  readonly row: number;
  readonly column: string;
}

/** A key with the name by which encrypted text refers to it. */
export interface DataKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** A value that cannot be decrypted where it is. The message tells the place, and nothing of the value. */
export class DecryptionError extends Error {
  override readonly name = 'DecryptionError';

  constructor({ table, row, column }: Place, reason: string, options?: ErrorOptions) {
    super(`${table}.${column} of row ${row} cannot be decrypted: ${reason}.`, options);
  }
}

/** What the stored form of every encrypted value begins with, so that it is told from text in clear. */
export const encryptedPrefix = 'enc:v1:';
const algorithm = 'aes-256-gcm';
/** The ids of data keys are 16 hexadecimal digits. */
const keyOfForm = /^enc:v1:([0-9a-f]{16}):/;
/** In bytes; NIST SP 800-38D, sections 8.2.2 (random nonces of 96 bits) and 5.2.1.2 (tags of 128 bits). */
const nonceLength = 12;
const tagLength = 16;
/** The nonces that are drawn at a time: one call costs more than many bytes. */
const nonceSupply = { bytes: Buffer.alloc(0), used: 0 };

/** What the stored form of every value under a key begins with. */
export function prefixOf(keyId: string): string {
  return `${encryptedPrefix}${keyId}:`;
}

/** Whether this is the stored form of an encrypted value, rather than text from before encryption. */
export function isEncrypted(stored: string): boolean {
  return stored.startsWith(encryptedPrefix);
}

/**
 * The id of the key that a value is encrypted with; null where the form names none. Errors repeat it, so it is nothing
 * that somebody wrote there by hand.
 */
export function keyIdOf(stored: string): string | null {
  return keyOfForm.exec(stored)?.[1] ?? null;
}

/**
 * Encrypts a text for its place: `enc:v1:<key id>:` and, in base64url, nonce, ciphertext and tag. As in a TEXT column
 * of PostgreSQL, half a character becomes U+FFFD.
 */
export function encryptText({ id, key }: DataKey, text: string, place: Place): string {
  const nonce = takeNonce();
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagLength });
  cipher.setAAD(placeBytes(place));
  const start = cipher.update(text, 'utf8');
  cipher.final();
  return prefixOf(id) + Buffer.concat([nonce, start, cipher.getAuthTag()]).toString('base64url');
}

/** Decrypts what `encryptText` made for this place with this key. Throws a `DecryptionError` for anything else. */
export function decryptText({ id, key }: DataKey, stored: string, place: Place): string {
  const encoded = stored.slice(encryptedPrefix.length + id.length + 1);
  const bytes = Buffer.from(encoded, 'base64url');
  // Node skips what is not base64url; here there is one form for each value.
  if (bytes.length < nonceLength + tagLength || bytes.toString('base64url') !== encoded) {
    throw new DecryptionError(place, 'its form is damaged');
  }
  const tagStart = bytes.length - tagLength;
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceLength), {
    authTagLength: tagLength,
  });
  decipher.setAAD(placeBytes(place));
  decipher.setAuthTag(bytes.subarray(tagStart));
  const text = decipher.update(bytes.subarray(nonceLength, tagStart));
  try {
    decipher.final();
  } catch {
    throw new DecryptionError(place, 'it was altered, or moved here from elsewhere');
  }
  return text.toString('utf8');
}

function placeBytes({ table, row, column }: Place): Buffer {
  return Buffer.from(`${encryptedPrefix}${table}:${column}:${row}`);
}

function takeNonce(): Buffer {
  if (nonceSupply.used === nonceSupply.bytes.length) {
    nonceSupply.bytes = randomBytes(nonceLength * 256);
    nonceSupply.used = 0;
  }
  const start = nonceSupply.used;
  nonceSupply.used += nonceLength;
  return nonceSupply.bytes.subarray(start, nonceSupply.used);
}
