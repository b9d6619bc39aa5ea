import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { AuditKey } from './audit-keys.js';
import type { CheckpointLine } from './checkpoint.js';

/** A public key, and the id under which the service has published it. */
export interface CheckpointKey {
  readonly id: string;
  readonly publicKey: KeyObject;
}

/** The public halves of keys. */
export function publicKeysOf(keys: readonly AuditKey[]): CheckpointKey[] {
  return keys.map(({ id, publicKey }) => ({ id, publicKey: createPublicKey(publicKey) }));
}

/** Whether one of the keys, whatever its id, has signed the checkpoint as it stands (Ed25519, RFC 8032). */
export function isSignedBy(
  { checkpoint, signed, signature }: CheckpointLine,
  keys: readonly CheckpointKey[],
): boolean {
  const isBy = ({ publicKey }: CheckpointKey): boolean =>
    verify(null, Buffer.from(signed), publicKey, signature);
  // The one that it names is mostly the one: of many keys, the others are not tried.
  return (
    keys.some((key) => key.id === checkpoint.key && isBy(key)) ||
    keys.some((key) => key.id !== checkpoint.key && isBy(key))
  );
}
