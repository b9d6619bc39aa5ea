import { SignJWT } from 'jose';
import type { AccessTokenKeys } from './access-token-keys.js';
import type { OpenSession } from './session.js';

/** Issues access tokens (RFC 9068). */
export interface AccessTokens {
  /** Signs a token for a session; `expiresAt` is when it stops being accepted, with the session at the latest. */
  issue(session: OpenSession): Promise<{ readonly token: string; readonly expiresAt: Date }>;
}

/** `lifetime` is in seconds. */
export function createAccessTokens(keys: AccessTokenKeys, lifetime: number): AccessTokens {
  return {
    async issue({ id, epoch, user, renewableUntil }) {
      const { kid, key } = keys.signingKey();
      const now = Math.floor(Date.now() / 1_000);
      const expiry = Math.min(now + lifetime, Math.floor(renewableUntil.getTime() / 1_000));
      const token = await new SignJWT({ role: user.role, sid: id, session_epoch: epoch })
        .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'at+jwt' })
        .setIssuer('caregraph')
        .setAudience('caregraph')
        .setSubject(String(user.id))
        .setIssuedAt(now)
        .setExpirationTime(expiry)
        .sign(key);
      return { token, expiresAt: new Date(expiry * 1_000) };
    },
  };
}
