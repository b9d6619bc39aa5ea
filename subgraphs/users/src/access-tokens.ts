import { calculateJwkThumbprint, exportJWK, importPKCS8, SignJWT, type JWK } from 'jose';
import { createPublicKey } from 'node:crypto';
import type { User } from './user.js';

/** Issues access tokens, and publishes the key that verifies them. */
export interface AccessTokens {
  /** Signs a token for a session of a user; `expiresAt` is when it stops being accepted. */
  issue(user: User, sessionId: string): Promise<{ readonly token: string; readonly expiresAt: Date }>;
  /** RFC 7517: the public keys. */
  readonly jwks: { readonly keys: readonly JWK[] };
}

/** `privateKey` is an Ed25519 key in PKCS#8 PEM form, `lifetime` in seconds. */
export async function createAccessTokens(privateKey: string, lifetime: number): Promise<AccessTokens> {
  const key = await importPKCS8(privateKey, 'EdDSA');
  const publicKey = await exportJWK(createPublicKey(privateKey));
  const kid = await calculateJwkThumbprint(publicKey);
  return {
    async issue(user, sessionId) {
      const now = Math.floor(Date.now() / 1_000);
      const token = await new SignJWT({ role: user.role, sid: sessionId })
        .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'at+jwt' })
        .setIssuer('caregraph')
        .setAudience('caregraph')
        .setSubject(String(user.id))
        .setIssuedAt(now)
        .setExpirationTime(now + lifetime)
        .sign(key);
      return { token, expiresAt: new Date((now + lifetime) * 1_000) };
    },
    jwks: { keys: [{ ...publicKey, kid, alg: 'EdDSA', use: 'sig' }] },
  };
}
