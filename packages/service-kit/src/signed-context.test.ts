import { describe, expect, it } from 'vitest';
import { createContextVerifier, signContext, type CallContext } from './signed-context.js';

const secret = 'a secret that is long enough to be one';
const now = Date.UTC(2026, 0, 1);
const target = 'POST /graphql';
const body = '{"query":"{ me { id } }"}';
const context: CallContext = {
  viewer: { kind: 'user', id: 2, role: 'DOCTOR', sessionId: 'f3b1' },
  client: { address: '192.0.2.7', userAgent: 'clinic app' },
  requestId: 'request-1',
};
const header = signContext(secret, context, { issuer: 'gateway', audience: 'users', target, body }, now);

/** Verifies as a service does that has not seen any context before. */
function verify(given: string | undefined, call = {}, { audience = 'users', at = now, key = secret } = {}) {
  return createContextVerifier([key], audience).verify(given, { target, body, ...call }, at);
}

describe('a signed context', () => {
  it('tells the service it was made for on whose behalf and from where it is called', () => {
    expect(verify(header)).toEqual(context);
  });

  it('is good for the same bytes as a buffer', () => {
    expect(verify(header, { body: Buffer.from(body) })).toEqual(context);
  });

  it.each<[string, () => CallContext | null]>([
    ['made with another secret', () => verify(header, {}, { key: `${secret}!` })],
    ['for another service', () => verify(header, {}, { audience: 'patients' })],
    ['for another body', () => verify(header, { body: `${body} ` })],
    ['for another method', () => verify(header, { target: 'GET /graphql' })],
    ['for another path', () => verify(header, { target: 'POST /graphql?query={me{id}}' })],
    ['that has expired', () => verify(header, {}, { at: now + 36_000 })],
    ['from the future', () => verify(header, {}, { at: now - 60_000 })],
    ['that is missing', () => verify(undefined)],
    ['without a signature', () => verify(header.split('.')[0])],
    ['with an empty signature', () => verify(`${header.split('.')[0] ?? ''}.`)],
    ['with a part too many', () => verify(`${header}.x`)],
  ])('is refused %s', (_, result) => {
    expect(result()).toBeNull();
  });

  it('is good under the secret that is being replaced and under the one that replaces it', () => {
    const contexts = createContextVerifier([`${secret} anew`, secret], 'users');
    const call = { issuer: 'gateway', audience: 'users', target, body };
    for (const key of [secret, `${secret} anew`]) {
      expect(contexts.verify(signContext(key, context, call, now), { target, body }, now)).toEqual(context);
    }
    const stranger = signContext(`${secret}!`, context, call, now);
    expect(contexts.verify(stranger, { target, body }, now)).toBeNull();
  });

  it('is refused when any character of it is changed', () => {
    for (let at = 0; at < header.length; at += 1) {
      const changed = header.slice(0, at) + (header[at] === 'A' ? 'B' : 'A') + header.slice(at + 1);
      const result = verify(changed);
      // The last character of a base64url signature has bits that count for nothing.
      if (result !== null) expect([at, result]).toEqual([header.length - 1, context]);
    }
  });

  it('serves once, for as long as it could come again', () => {
    const contexts = createContextVerifier([secret], 'users');
    const sign = (at: number) =>
      signContext(secret, context, { issuer: 'gateway', audience: 'users', target, body }, at);
    // Others come and go all the while, so that what is remembered is cleared on the way.
    for (let at = now; at < now + 200_000; at += 1_000) {
      const once = sign(at);
      expect(contexts.verify(once, { target, body }, at)).toEqual(context);
      expect(contexts.verify(once, { target, body }, at)).toBeNull();
    }
    const early = sign(now + 205_000);
    for (let at = now + 200_000; at < now + 240_000; at += 1_000) {
      const accepted = contexts.verify(early, { target, body }, at);
      expect(accepted).toEqual(at === now + 200_000 ? context : null);
    }
  });
});
