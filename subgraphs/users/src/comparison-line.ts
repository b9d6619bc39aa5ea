/** A line of comparisons, before which one that would wait too long turns back. */
export interface ComparisonLine {
  /** Does the work when it is its turn; null, without having begun, where that would not be soon. */
  join<Result>(work: () => Promise<Result>): Promise<Result | null>;
}

interface LineOptions {
  /** How many are worked on at once. */
  readonly threads: number;
  /** How long one takes as a rule, in milliseconds. */
  readonly duration: () => number;
  /** How long the first of the threads may take to become free, in milliseconds. */
  readonly longestWait: number;
}

/** `work` is expected to wait for its turn by itself, as in a pool of threads: counted is who has come and not gone. */
export function createComparisonLine({ threads, duration, longestWait }: LineOptions): ComparisonLine {
  let present = 0;
  return {
    async join(work) {
      const ahead = Math.max(0, present - threads + 1);
      if ((ahead / threads) * duration() > longestWait) return null;
      present += 1;
      try {
        return await work();
      } finally {
        present -= 1;
      }
    },
  };
}
