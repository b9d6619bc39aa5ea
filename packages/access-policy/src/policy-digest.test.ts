import { expect, it } from 'vitest';
import { digestOf, policyDigest } from './policy-digest.js';

const rule = { ADMIN: 'yes', STAFF: 'no' };

it('the digest of the policy is one of SHA-256', () => {
  expect(policyDigest).toMatch(/^[\da-f]{64}$/);
});

it('the digest stays the same when rules and their parts are only put into another order', () => {
  expect(digestOf({ read: { STAFF: 'no' }, query: rule })).toBe(
    digestOf({ query: { STAFF: 'no', ADMIN: 'yes' }, read: { STAFF: 'no' } }),
  );
});

it.each([
  ['a decision changes', { query: { ...rule, STAFF: 'yes' } }],
  ['a rule is added', { query: rule, mutate: rule }],
  ['a rule moves', { mutate: rule }],
])('the digest is another one when %s', (_, table) => {
  expect(digestOf(table)).not.toBe(digestOf({ query: rule }));
});
