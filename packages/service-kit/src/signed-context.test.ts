import { describe, expect, it } from 'vitest';
import { signContext, verifyContext, type CallContext } from './signed-context.js';

const secret = 'a secret that is long enough to be one';
const now = Date.UTC(2026, 0, 1);
const body = '{"query":"{ me { id } }"}';
const context: CallContext = {
  viewer: { kind: 'user', id: 2, role: 'DOCTOR', sessionId: 'f3b1' },
  requestId: 'request-1',
};
const header = signContext(secret, context, { issuer: 'gateway', audience: 'users', body }, now);

describe('a signed context', () => {
  it('tells the service it was made for on whose behalf it is called', () => {
    expect(verifyContext(secret, header, { audience: 'users', body }, now)).toEqual(context);
  });

  it('is good for the same bytes as a buffer', () => {
    expect(verifyContext(secret, header, { audience: 'users', body: Buffer.from(body) }, now)).toEqual(
      context,
    );
  });

  it.each<[string, () => CallContext | null]>([
    ['made with another secret', () => verifyContext(`${secret}!`, header, { audience: 'users', body }, now)],
    ['for another service', () => verifyContext(secret, header, { audience: 'patients', body }, now)],
    ['for another body', () => verifyContext(secret, header, { audience: 'users', body: `${body} ` }, now)],
    ['that has expired', () => verifyContext(secret, header, { audience: 'users', body }, now + 36_000)],
    ['from the future', () => verifyContext(secret, header, { audience: 'users', body }, now - 60_000)],
    ['that is missing', () => verifyContext(secret, undefined, { audience: 'users', body }, now)],
    [
      'without a signature',
      () => verifyContext(secret, header.split('.')[0], { audience: 'users', body }, now),
    ],
    [
      'with an empty signature',
      () => verifyContext(secret, `${header.split('.')[0] ?? ''}.`, { audience: 'users', body }, now),
    ],
    ['with a part too many', () => verifyContext(secret, `${header}.x`, { audience: 'users', body }, now)],
  ])('is refused %s', (_, verify) => {
    expect(verify()).toBeNull();
  });

  it('is refused when any character of it is changed', () => {
    for (let at = 0; at < header.length; at += 1) {
      const changed = header.slice(0, at) + (header[at] === 'A' ? 'B' : 'A') + header.slice(at + 1);
      const result = verifyContext(secret, changed, { audience: 'users', body }, now);
      // The last character of a base64url signature has bits that count for nothing.
      if (result !== null) expect([at, result]).toEqual([header.length - 1, context]);
    }
  });
});
