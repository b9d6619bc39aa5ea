import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { principals, roles, type Client, type Viewer } from './viewer.js';

/** The header that carries a signed context from the gateway, or from a service, to a subgraph. */
export const contextHeader = 'x-caregraph-context';

/** What a subgraph learns about a call: on whose behalf, from where, and as a part of which request. */
export interface CallContext {
  readonly viewer: Viewer;
  readonly client: Client;
  readonly requestId: string;
}

/** What a context is signed for besides what it says: who asks whom, for what, and with which bytes. */
export interface Call {
  readonly issuer: string;
  readonly audience: string;
  /** Method, path and query, for example `POST /graphql`. */
  readonly target: string;
  readonly body: string | Buffer;
}

/** How long a signed context is good for, in milliseconds: it is made for one request that leaves at once. */
const lifetime = 30_000;
/** How far the clocks of two machines may differ, in milliseconds. */
const clockSkew = 5_000;

const viewerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('anonymous') }),
  z.object({ kind: z.literal('user'), id: z.number().int(), role: z.enum(roles), sessionId: z.string() }),
  z.object({ kind: z.literal('service'), name: z.enum(principals) }),
]);

const claimsSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  exp: z.number(),
  jti: z.string(),
  target: z.string(),
  digest: z.string(),
  requestId: z.string(),
  viewer: viewerSchema,
  client: z.object({ address: z.string().nullable(), userAgent: z.string().nullable() }),
});

/**
 * Signs the context of one call. Audience, target, expiry and the digest of the body are bound in, so that a captured
 * header serves for nothing but the very same request to the very same service, for half a minute; and there it has
 * been used already.
 */
export function signContext(secret: string, context: CallContext, call: Call, now = Date.now()): string {
  const claims: z.infer<typeof claimsSchema> = {
    iss: call.issuer,
    aud: call.audience,
    exp: now + lifetime,
    jti: randomUUID(),
    target: call.target,
    digest: digestOf(call.body),
    requestId: context.requestId,
    viewer: context.viewer,
    client: context.client,
  };
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${payload}.${signatureOf(secret, payload).toString('base64url')}`;
}

/** Holds the contexts of the calls to one service against what they claim. */
export interface ContextVerifier {
  /**
   * The context of a call, or null where the header is missing, malformed, made with another secret, for another
   * service, target or body, has expired, or has been used. The reason is not told: the caller could use it.
   */
  verify(
    header: string | undefined,
    call: Omit<Call, 'issuer' | 'audience'>,
    now?: number,
  ): CallContext | null;
}

/**
 * Verifies contexts that were signed with any of the secrets: while one replaces another, callers use either. Each
 * verifier remembers the contexts that it has accepted for as long as they could come again.
 */
export function createContextVerifier(secrets: readonly string[], audience: string): ContextVerifier {
  const isFirstUse = createReplayGuard();
  return {
    verify(header, { target, body }, now = Date.now()) {
      const claims = verifiedClaims(secrets, header);
      if (claims?.aud !== audience || claims.target !== target) return null;
      if (claims.exp < now - clockSkew || claims.exp > now + lifetime + clockSkew) return null;
      if (claims.digest !== digestOf(body) || !isFirstUse(claims.jti, now)) return null;
      const { viewer, client, requestId } = claims;
      return { viewer, client, requestId };
    },
  };
}

function verifiedClaims(
  secrets: readonly string[],
  header: string | undefined,
): z.infer<typeof claimsSchema> | null {
  const [payload, signature, ...rest] = header?.split('.') ?? [];
  if (payload === undefined || signature === undefined || rest.length > 0) return null;
  const given = Buffer.from(signature, 'base64url');
  if (!secrets.some((secret) => isEqual(given, signatureOf(secret, payload)))) return null;
  const claims = claimsSchema.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
  return claims.success ? claims.data : null;
}

/** Tells whether an identifier comes for the first time; it forgets one only once its context has long expired. */
function createReplayGuard(): (id: string, now: number) => boolean {
  let current = new Set<string>();
  let previous = new Set<string>();
  let turnsAt = 0;
  return (id, now) => {
    if (now >= turnsAt) {
      // A context is good for at most this long, so two generations hold every one that could come again.
      previous = current;
      current = new Set();
      turnsAt = now + lifetime + 2 * clockSkew;
    }
    if (current.has(id) || previous.has(id)) return false;
    current.add(id);
    return true;
  };
}

function isEqual(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function signatureOf(secret: string, payload: string): Buffer {
  return createHmac('sha256', secret).update(payload).digest();
}

function digestOf(body: string | Buffer): string {
  return createHash('sha256').update(body).digest('base64url');
}
