import bcrypt from 'bcryptjs';
import { Piscina } from 'piscina';
import { createComparisonLine } from './comparison-line.js';
import type { PasswordTask } from './password-worker.js';

/**
 * Hashes and compares passwords with bcrypt, off the main thread. A comparison with null, for an account that does not
 * exist, takes as long as any other, and is never right.
 */
export interface PasswordHasher {
  /** For whoever has logged in. */
  hash(password: string): Promise<string>;
  /** For whoever has logged in, now or, with a device token, before: strangers never stand in front of them. */
  verify(password: string, hash: string | null): Promise<boolean>;
  /** For anybody. Null, without a comparison, where so many wait that this would take more than a few seconds. */
  verifyForStranger(password: string, hash: string | null): Promise<boolean | null>;
  /** Whether a hash costs an attacker less than the cost of today would. */
  isOutdated(hash: string): boolean;
  close(): Promise<void>;
}

/** How many threads strangers occupy at most, and so many again whoever is known. */
const threads = 2;

/**
 * `cost` is bcrypt's: each step doubles the work. `longestWait`, in milliseconds, is for strangers; it is shorter than
 * gateways are patient.
 */
export async function createPasswordHasher(cost: number, longestWait = 3_000): Promise<PasswordHasher> {
  const [forKnown, forStrangers] = [createPool(), createPool()];
  const line = createComparisonLine({
    threads,
    duration: () => forStrangers.histogram.runTime.mean,
    longestWait,
  });
  const hashIn = async (pool: Pool, password: string): Promise<string> =>
    String(await pool.run({ kind: 'hash', password, cost }));
  // The first of its pool, from which the line learns how long one takes.
  const decoy = await hashIn(forStrangers, '');
  const verifyIn = async (pool: Pool, password: string, hash: string | null): Promise<boolean> => {
    const matches = await pool.run({ kind: 'verify', password, hash: hash ?? decoy, cost });
    return hash !== null && matches === true;
  };
  return {
    hash: (password) => hashIn(forKnown, password),
    verify: (password, hash) => verifyIn(forKnown, password, hash),
    verifyForStranger: (password, hash) => line.join(() => verifyIn(forStrangers, password, hash)),
    isOutdated: (known) => bcrypt.getRounds(known) < cost,
    async close() {
      await Promise.all([forKnown.close(), forStrangers.close()]);
    },
  };
}

type Pool = Piscina<PasswordTask, string | boolean>;

function createPool(): Pool {
  return new Piscina({
    filename: new URL('./password-worker.js', import.meta.url).href,
    minThreads: 1,
    maxThreads: threads,
  });
}
