import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { AuditKey } from './audit-keys.js';
import type { CheckpointLine } from './checkpoint.js';

/** The public halves of keys. */
export function publicKeysOf(keys: readonly AuditKey[]): KeyObject[] {
  return keys.map(({ publicKey }) => createPublicKey(publicKey));
}

/** Whether one of the keys has signed the checkpoint as it stands (Ed25519, RFC 8032). */
export function isSignedBy({ signed, signature }: CheckpointLine, publicKeys: readonly KeyObject[]): boolean {
  return publicKeys.some((key) => verify(null, Buffer.from(signed), key, signature));
}
