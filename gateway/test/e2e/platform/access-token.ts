import { SignJWT } from 'jose';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import type { Role } from '@caregraph/service-kit';
import { createKeySet, writeKeySet } from '@caregraph/users-subgraph/access-token-key-set';

/** The key with which a users service signs access tokens. */
export interface TokenKey {
  readonly privateKey: KeyObject;
  /** The file that the service has it from. */
  readonly file: string;
}

/** Makes a key, and the file with it in a folder. */
export async function createTokenKey(folder: string): Promise<TokenKey> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const file = join(folder, 'access-token-keys.json');
  await writeKeySet(file, await createKeySet(new Date(), privateKey));
  return { privateKey, file };
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
  return new SignJWT({ role: user.role, sid: '00000000-0000-4000-8000-000000000000', session_epoch: 0 })
    .setProtectedHeader({ alg: 'EdDSA', typ: type })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(String(user.id))
    .setIssuedAt(now - 1)
    .setExpirationTime(now + expiresIn)
    .sign(key);
}
