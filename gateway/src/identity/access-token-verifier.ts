import {
  anonymous,
  roles,
  type AccessTokenState,
  type FollowedDocument,
  type Viewer,
} from '@caregraph/service-kit';
import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { createHash } from 'node:crypto';
import { z } from 'zod';

/** How many verified tokens are remembered, and for how long at most, in milliseconds. */
const cacheSize = 10_000;
const cacheTime = 60_000;
/** How old the state may be for a key that it lacks to count as unknown, in milliseconds: anybody may name any key. */
const fresh = 100;

const claimsSchema = z.object({
  sub: z.string().regex(/^[1-9]\d*$/),
  role: z.enum(roles),
  sid: z.string(),
  session_epoch: z.number().int(),
  exp: z.number(),
});

/** Tells who sends a request, by the access token in it. */
export interface AccessTokenVerifier {
  /**
   * The viewer of an `Authorization` header. Whoever has no token, or one that is malformed, expired, revoked or
   * signed by somebody else, is anonymous: a client may still log in with an old token at hand. Throws when nobody
   * can tell: the users service has never answered, or not for longer than revocations may go unheard.
   */
  identify(authorization: string | undefined): Promise<Viewer>;
  /** The public keys. Throws as `identify` does. */
  keys(): Promise<JSONWebKeySet>;
}

/** A token whose signature and claims are good; whether it was revoked changes. */
interface VerifiedToken {
  readonly viewer: Viewer & { readonly kind: 'user' };
  readonly epoch: number;
  /** When it has to be verified anew. */
  readonly until: number;
}

/** The state, made ready to look things up. */
interface OpenState {
  readonly source: AccessTokenState;
  readonly verificationKey: JWTVerifyGetKey;
  readonly smallestGoodEpochs: ReadonlyMap<string, number | null>;
}

/**
 * `maximumAge`, in milliseconds, is for how long tokens are accepted without news of revocations while the users
 * service cannot be asked.
 */
export function createAccessTokenVerifier(
  state: FollowedDocument<AccessTokenState>,
  maximumAge: number,
): AccessTokenVerifier {
  const verified = new LRUCache<string, VerifiedToken>({ max: cacheSize });
  let opened: OpenState | null = null;

  /** The last state that was had, however old it is. */
  async function openState(): Promise<OpenState> {
    if (state.current() === null) await state.refresh();
    const source = state.current();
    if (source === null) throw new Error('The users service has not told its keys yet.');
    if (opened?.source === source) return opened;
    // A token under a key that was removed must not live on in memory.
    if (JSON.stringify(opened?.source.jwks) !== JSON.stringify(source.jwks)) verified.clear();
    opened = {
      source,
      verificationKey: createLocalJWKSet(source.jwks),
      smallestGoodEpochs: new Map(source.revoked),
    };
    return opened;
  }

  async function openRecentState(): Promise<OpenState> {
    if (state.age() > maximumAge) await state.refresh();
    if (state.age() > maximumAge)
      throw new Error('The users service has not told of revocations for too long.');
    return openState();
  }

  async function verify(token: string): Promise<VerifiedToken | null> {
    try {
      const { payload } = await jwtVerify(token, keyOfState, {
        algorithms: ['EdDSA'],
        issuer: 'caregraph',
        audience: 'caregraph',
        typ: 'at+jwt',
      });
      const claims = claimsSchema.safeParse(payload);
      if (!claims.success) return null;
      const { sub, role, sid, session_epoch: epoch, exp } = claims.data;
      return {
        viewer: { kind: 'user', id: Number(sub), role, sessionId: sid },
        epoch,
        until: Math.min(Date.now() + cacheTime, exp * 1_000),
      };
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }

  const keyOfState: JWTVerifyGetKey = async (header, token) => {
    const { verificationKey } = await openState();
    try {
      return await verificationKey(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || state.age() < fresh) throw error;
      await state.refresh();
      return (await openState()).verificationKey(header, token);
    }
  };

  return {
    async identify(authorization) {
      const [, token] = /^Bearer +([^\s]+) *$/i.exec(authorization ?? '') ?? [];
      if (token === undefined) return anonymous;
      // Before the memory is asked: it is emptied when the keys have changed.
      await openState();
      // The token itself stays out of memory that lives longer than the request.
      const key = createHash('sha256').update(token).digest('base64url');
      const known = verified.get(key);
      const result = known !== undefined && known.until > Date.now() ? known : await verify(token);
      if (result === null) return anonymous;
      if (result !== known) verified.set(key, result);
      const { smallestGoodEpochs } = await openRecentState();
      const epoch = smallestGoodEpochs.get(result.viewer.sessionId);
      const isRevoked = epoch === null || (epoch !== undefined && result.epoch < epoch);
      return isRevoked ? anonymous : result.viewer;
    },
    async keys() {
      const { source } = await openRecentState();
      return source.jwks;
    },
  };
}
