import bcrypt from 'bcryptjs';
import { createHash } from 'node:crypto';

/** What the worker threads do: hash a password, or compare one with a hash. */
export type PasswordTask =
  | { readonly kind: 'hash'; readonly password: string; readonly cost: number }
  | { readonly kind: 'verify'; readonly password: string; readonly hash: string };

/** Answers the hash, or whether the password belongs to it. Runs in a worker thread: a comparison takes long. */
export default function work(task: PasswordTask): string | boolean {
  const password = digest(task.password);
  return task.kind === 'hash'
    ? bcrypt.hashSync(password, task.cost)
    : bcrypt.compareSync(password, task.hash);
}

/**
 * bcrypt reads 72 bytes and stops at NUL; so it is given 64 characters in which every byte of the password counts.
 * Keyboards differ in the code points that they send for one letter: NIST SP 800-63B-4, section 3.1.1.2, has them
 * normalised.
 */
function digest(password: string): string {
  return createHash('sha384').update(password.normalize('NFKC'), 'utf8').digest('base64');
}
