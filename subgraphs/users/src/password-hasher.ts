import bcrypt from 'bcryptjs';
import { Piscina } from 'piscina';
import type { PasswordTask } from './password-worker.js';

/** Hashes and compares passwords with bcrypt, off the main thread. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  verify(password: string, hash: string): Promise<boolean>;
  /** Takes as long as `verify`, and is never true: for accounts that do not exist. */
  verifyNothing(password: string): Promise<false>;
  /** Whether a hash costs an attacker less than the cost of today would. */
  isOutdated(hash: string): boolean;
  close(): Promise<void>;
}

/** `cost` is bcrypt's: each step doubles the work. The number of threads is bounded, the rest waits in line. */
export async function createPasswordHasher(cost: number): Promise<PasswordHasher> {
  const pool = new Piscina<PasswordTask, string | boolean>({
    filename: new URL('./password-worker.js', import.meta.url).href,
    minThreads: 1,
    maxThreads: 2,
    maxQueue: 1_000,
  });
  const hash = async (password: string): Promise<string> =>
    String(await pool.run({ kind: 'hash', password, cost }));
  const verify = async (password: string, known: string): Promise<boolean> =>
    (await pool.run({ kind: 'verify', password, hash: known })) === true;
  const decoy = await hash('');
  return {
    hash,
    verify,
    async verifyNothing(password) {
      await verify(password, decoy);
      return false;
    },
    isOutdated: (known) => bcrypt.getRounds(known) < cost,
    close: () => pool.close(),
  };
}
