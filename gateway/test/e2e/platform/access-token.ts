import { SignJWT } from 'jose';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Role } from '@caregraph/service-kit';

/** The key with which a users service signs access tokens. */
export interface TokenKey {
  readonly privateKey: KeyObject;
  readonly pem: string;
}

export function createTokenKey(): TokenKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { privateKey, pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** What of an access token can be wrong. */
export interface TokenOptions {
  /** Seconds from now; negative for a token that has expired. */
  readonly expiresIn?: number;
  readonly issuer?: string;
  readonly audience?: string;
  readonly type?: string;
}

/** Signs an access token as the users service does, without a login. */
export function signAccessToken(
  key: KeyObject,
  user: { readonly id: number; readonly role: Role },
  { expiresIn = 600, issuer = 'caregraph', audience = 'caregraph', type = 'at+jwt' }: TokenOptions = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({ role: user.role, sid: '00000000-0000-4000-8000-000000000000' })
    .setProtectedHeader({ alg: 'EdDSA', typ: type })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(String(user.id))
    .setIssuedAt(now - 1)
    .setExpirationTime(now + expiresIn)
    .sign(key);
}
