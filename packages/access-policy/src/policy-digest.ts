import { createHash } from 'node:crypto';
import { owners, policy } from './policy.js';

/**
 * SHA-256, in hexadecimal digits, of all that the access policy says; the order in which it says it does not count. By
 * it the audit trail tells when a service started with another policy.
 */
export const policyDigest = digestOf({ policy, owners });

/** The digest of any such table. */
export function digestOf(table: object): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(table)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .map(([name, member]): [string, unknown] => [name, sorted(member)])
    .sort(([one], [other]) => (one < other ? -1 : 1));
}
