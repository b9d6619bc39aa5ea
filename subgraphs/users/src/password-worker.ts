import bcrypt from 'bcryptjs';
import { createHash } from 'node:crypto';

/** What the worker threads do: hash a password, or compare one with a hash. `cost` is bcrypt's of today. */
export type PasswordTask =
  | { readonly kind: 'hash'; readonly password: string; readonly cost: number }
  | { readonly kind: 'verify'; readonly password: string; readonly hash: string; readonly cost: number };

/** Answers the hash, or whether the password belongs to it. Runs in a worker thread: a comparison takes long. */
export default function work(task: PasswordTask): string | boolean {
  const password = digest(task.password);
  if (task.kind === 'hash') return bcrypt.hashSync(password, task.cost);
  const matches = bcrypt.compareSync(password, task.hash);
  makeUpFor(task.hash, password, task.cost);
  return matches;
}

/**
 * Does the work that a comparison with a hash of an earlier, lower cost has saved, so that its account does not answer
 * faster than an address that nobody has: 2^c, and then 2^c, 2^(c+1) and so on below 2^cost, are 2^cost.
 */
function makeUpFor(hash: string, password: string, cost: number): void {
  for (let step = bcrypt.getRounds(hash); step < cost; step += 1) bcrypt.hashSync(password, step);
}

/**
 * bcrypt reads 72 bytes and stops at NUL; so it is given 64 characters in which every byte of the password counts.
 * Keyboards differ in the code points that they send for one letter: NIST SP 800-63B-4, section 3.1.1.2, has them
 * normalised.
 */
function digest(password: string): string {
  return createHash('sha384').update(password.normalize('NFKC'), 'utf8').digest('base64');
}
