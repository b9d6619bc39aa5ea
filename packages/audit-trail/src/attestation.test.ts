import { describe, expect, it } from 'vitest';
import { newAuditKey, nurseOrigin as origin } from '../test/attestation-fixtures.js';
import { attestationOf, attestedOrigin, changeContextOf, nonceLength, pseudonymOf } from './attestation.js';

const key = newAuditKey();

describe('a pseudonym', () => {
  const address = 'somebody@example.com';

  it('is the same for the same text, and short enough for its column', () => {
    expect(pseudonymOf('users', address, key)).toMatch(/^[\w-]{22}$/);
    expect(pseudonymOf('users', address, key)).toBe(pseudonymOf('users', address, key));
  });

  it('differs with the text, the service and the key', () => {
    const all = [
      pseudonymOf('users', address, key),
      pseudonymOf('users', `${address} `, key),
      pseudonymOf('patients', address, key),
      pseudonymOf('users', address, newAuditKey()),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it('of a text that looks like what is attested is no part of its attestation', () => {
    const text = attestedOrigin('users', origin, '2026-01-02T03:04:05.678Z');
    const attestation = attestationOf(text, Buffer.alloc(nonceLength), key).subarray(nonceLength);
    expect(attestation.toString('base64url').startsWith(pseudonymOf('users', text, key))).toBe(false);
  });
});

describe('what a transaction says of itself', () => {
  it('names who acts, with the service’s word for it at that time', () => {
    const { attestedAt, attestation, ...named } = JSON.parse(changeContextOf('users', origin, key)) as Record<
      string,
      unknown
    >;
    expect(named).toEqual(origin);
    const text = attestedOrigin('users', origin, String(attestedAt));
    const given = Buffer.from(String(attestation), 'base64');
    const nonce = given.subarray(0, nonceLength);
    expect(given).toEqual(attestationOf(text, nonce, key));
    const another = attestedOrigin('users', { ...origin, actorUserId: 8 }, String(attestedAt));
    expect(given).not.toEqual(attestationOf(another, nonce, key));
  });
});
