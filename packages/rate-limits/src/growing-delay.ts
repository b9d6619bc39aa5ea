import type { RateLimits } from './rate-limits.js';

/** How a delay grows. All counts are forgotten an hour after the first. */
export interface GrowingDelayOptions {
  /** After so many failures there is a pause of a second; each further failure doubles it. */
  readonly failures: number;
  /** The longest pause, in seconds. */
  readonly longest: number;
}

/**
 * Spaces out the attempts that share a key, more with each failure: never a lock, because there is always a next
 * attempt. An attempt counts as a failure from the moment it is admitted until it is taken back, so that many at once
 * are no more than one after the other.
 */
export interface GrowingDelay {
  /** In how many milliseconds an attempt would be admitted; 0 for now. Counts nothing. */
  check(key: string): Promise<number>;
  /** Admits an attempt and returns 0, or returns in how many milliseconds to come again; that prolongs nothing. */
  admit(key: string): Promise<number>;
  /** An attempt was none, or has succeeded: it no longer counts, and the pause that it began is over. */
  takeBack(key: string): Promise<void>;
  /** Forgets all failures. */
  clear(key: string): Promise<void>;
}

/** How long failures are remembered, in seconds. */
const memory = 60 * 60;

/** `name` sets the counts apart from those of other delays. */
export function createGrowingDelay(
  limits: RateLimits,
  name: string,
  { failures, longest }: GrowingDelayOptions,
): GrowingDelay {
  const attempts = limits.counter(`${name}:attempts`, memory);
  const pauses = limits.counter(`${name}:pauses`, memory);
  const closed = limits.counter(`${name}:closed`, longest);
  /** The attempts that are admitted at any time; the next one begins the first pause. */
  const free = failures - 1;

  return {
    async check(key) {
      const counted = await attempts.get(key);
      if (counted === null || counted.count < free) return 0;
      return (await closed.get(key))?.milliseconds ?? 0;
    },
    async admit(key) {
      const { count } = await attempts.add(key);
      if (count <= free) return 0;
      const before = (await pauses.get(key))?.count ?? 0;
      // Of all that come within a pause, one begins it: the first.
      const pause = await closed.add(key, 1, Math.min(2 ** Math.max(before, 0), longest));
      if (pause.count > 1) return pause.milliseconds;
      await pauses.add(key);
      return 0;
    },
    async takeBack(key) {
      const { count } = await attempts.add(key, -1);
      if (count < free) return;
      await pauses.add(key, -1);
      await closed.remove(key);
    },
    async clear(key) {
      await Promise.all([attempts.remove(key), pauses.remove(key), closed.remove(key)]);
    },
  };
}
