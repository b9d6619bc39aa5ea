import { createHash, createHmac, randomBytes } from 'node:crypto';

type Bytes = Uint8Array<ArrayBuffer>;

/** A first refresh token: 256 random bits, so that there is nothing to guess. */
export function createRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What a refresh token is known by in the database. A plain hash will do for random bits. */
export function hashRefreshToken(token: string): Bytes {
  return new Uint8Array(createHash('sha256').update(token).digest());
}

/** A salt for `successorOf`. */
export function createSuccessorSalt(): Bytes {
  return new Uint8Array(randomBytes(32));
}

/**
 * The refresh token that follows `token`: HMAC-SHA-256 of the salt, keyed with the token (RFC 2104). Whoever presents
 * the token once more can so be given the very same successor, of which only a digest is kept; the salt alone is of
 * no use to anybody.
 */
export function successorOf(token: string, salt: Bytes): string {
  return createHmac('sha256', token).update(salt).digest('base64url');
}
