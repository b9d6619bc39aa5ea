import { SignJWT } from 'jose';
import type { AccessTokenKeys } from './access-token-keys.js';
import type { OpenSession, Session } from './session.js';

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

/** What the client of a session is given, once for each login and each refresh. */
export async function issueSession(
  tokens: AccessTokens,
  session: OpenSession,
  refreshToken: string,
  deviceToken: string | null = null,
): Promise<Session> {
  const { token, expiresAt } = await tokens.issue(session);
  const { id: sessionId, user } = session;
  const viewer = { kind: 'user', id: user.id, role: user.role, sessionId } as const;
  return { viewer, accessToken: token, refreshToken, deviceToken, expiresAt, user };
}
