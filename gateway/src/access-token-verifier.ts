import { anonymous, roles, type Viewer } from '@caregraph/service-kit';
import { createRemoteJWKSet, errors, jwtVerify, type JSONWebKeySet } from 'jose';
import { LRUCache } from 'lru-cache';
import { createHash } from 'node:crypto';
import { z } from 'zod';

/** How many verified tokens are remembered, and for how long at most, in milliseconds. */
const cacheSize = 10_000;
const cacheTime = 60_000;
/** How long the users service may take to give its keys, in milliseconds. */
const keysTimeout = 3_000;
/** How long keys that were asked for are given again without asking, in milliseconds: anybody may ask us for them. */
const freshKeys = 1_000;

const claimsSchema = z.object({
  sub: z.string().regex(/^[1-9]\d*$/),
  role: z.enum(roles),
  sid: z.string(),
  exp: z.number(),
});

/** Tells who sends a request, by the access token in it. */
export interface AccessTokenVerifier {
  /**
   * The viewer of an `Authorization` header. Whoever has no token, or one that is malformed, expired or signed by
   * somebody else, is anonymous: a client may still log in with an old token at hand. Throws when the keys that
   * verify tokens cannot be had.
   */
  identify(authorization: string | undefined): Promise<Viewer>;
  /**
   * The public keys, as the users service publishes them now, or as it did last when it does not answer: users who
   * have logged in go on while it is down. Throws when it has never answered.
   */
  keys(): Promise<JSONWebKeySet>;
}

export function createAccessTokenVerifier(jwksUrl: string): AccessTokenVerifier {
  // Keys do not go stale by age: a token under a new key, and each call of `keys`, brings the current ones.
  const keySet = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: keysTimeout,
    cacheMaxAge: Infinity,
  });
  let loadedAt = 0;
  const verified = new LRUCache<string, { viewer: Viewer; until: number }>({ max: cacheSize });

  async function verify(token: string): Promise<{ viewer: Viewer; expiresAt: number } | null> {
    try {
      const { payload } = await jwtVerify(token, keySet, {
        algorithms: ['EdDSA'],
        issuer: 'caregraph',
        audience: 'caregraph',
        typ: 'at+jwt',
      });
      const claims = claimsSchema.safeParse(payload);
      if (!claims.success) return null;
      const { sub, role, sid, exp } = claims.data;
      return { viewer: { kind: 'user', id: Number(sub), role, sessionId: sid }, expiresAt: exp * 1_000 };
    } catch (error) {
      if (isInvalidToken(error)) return null;
      throw error;
    }
  }

  return {
    async identify(authorization) {
      const [, token] = /^Bearer +([^\s]+) *$/i.exec(authorization ?? '') ?? [];
      if (token === undefined) return anonymous;
      // The token itself stays out of memory that lives longer than the request.
      const key = createHash('sha256').update(token).digest('base64url');
      const known = verified.get(key);
      if (known !== undefined && known.until > Date.now()) return known.viewer;
      const result = await verify(token);
      if (result === null) return anonymous;
      const { viewer, expiresAt } = result;
      verified.set(key, { viewer, until: Math.min(Date.now() + cacheTime, expiresAt) });
      return viewer;
    },
    async keys() {
      if (Date.now() - loadedAt < freshKeys) return keySet.jwks() ?? { keys: [] };
      try {
        await keySet.reload();
        loadedAt = Date.now();
      } catch (error) {
        if (keySet.jwks() === undefined) throw error;
      }
      return keySet.jwks() ?? { keys: [] };
    },
  };
}

/** Whether the token is to blame, rather than the way to the keys. */
function isInvalidToken(error: unknown): boolean {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    error.code !== 'ERR_JOSE_GENERIC'
  );
}
