import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { roles, serviceNames, type Viewer } from './viewer.js';

/** The header that carries a signed context from the gateway, or from a service, to a subgraph. */
export const contextHeader = 'x-caregraph-context';

/** What a subgraph learns about a call: on whose behalf, and as a part of which request. */
export interface CallContext {
  readonly viewer: Viewer;
  readonly requestId: string;
}

/** Who calls whom, and with which bytes: what a signature is bound to besides the context itself. */
export interface Call {
  readonly issuer: string;
  readonly audience: string;
  readonly body: string | Buffer;
}

/** How long a signed context is good for, in milliseconds: it is made for one request that leaves at once. */
const lifetime = 30_000;
/** How far the clocks of two machines may differ, in milliseconds. */
const clockSkew = 5_000;

const viewerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('anonymous') }),
  z.object({ kind: z.literal('user'), id: z.number().int(), role: z.enum(roles), sessionId: z.string() }),
  z.object({ kind: z.literal('service'), name: z.enum(serviceNames) }),
]);

const claimsSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  exp: z.number(),
  digest: z.string(),
  requestId: z.string(),
  viewer: viewerSchema,
});

/**
 * Signs the context of one call. Audience, expiry and the digest of the body are bound in, so that a captured
 * header serves for nothing but the very same request to the very same service, for half a minute.
 */
export function signContext(secret: string, context: CallContext, call: Call, now = Date.now()): string {
  const claims: z.infer<typeof claimsSchema> = {
    iss: call.issuer,
    aud: call.audience,
    exp: now + lifetime,
    digest: digestOf(call.body),
    requestId: context.requestId,
    viewer: context.viewer,
  };
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${payload}.${signatureOf(secret, payload).toString('base64url')}`;
}

/**
 * The context of a call, or null where the header is missing, malformed, made with another secret, for another
 * service or another body, or has expired. The reason is not told: the caller could use it.
 */
export function verifyContext(
  secret: string,
  header: string | undefined,
  call: Omit<Call, 'issuer'>,
  now = Date.now(),
): CallContext | null {
  const [payload, signature, ...rest] = header?.split('.') ?? [];
  if (payload === undefined || signature === undefined || rest.length > 0) return null;
  const given = Buffer.from(signature, 'base64url');
  const expected = signatureOf(secret, payload);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const claims = claimsSchema.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
  if (!claims.success) return null;
  const { aud, exp, digest, requestId, viewer } = claims.data;
  if (aud !== call.audience || exp < now - clockSkew || exp > now + lifetime + clockSkew) return null;
  return digest === digestOf(call.body) ? { viewer, requestId } : null;
}

function signatureOf(secret: string, payload: string): Buffer {
  return createHmac('sha256', secret).update(payload).digest();
}

function digestOf(body: string | Buffer): string {
  return createHash('sha256').update(body).digest('base64url');
}
