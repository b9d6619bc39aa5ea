/** Lets what concerns the same key happen one after the other within this process. */
export interface Turns {
  /** Runs `work` when all that was begun before under this key has ended, well or not; tells it if it had to wait. */
  take<Result>(key: number, work: (hasWaited: boolean) => Promise<Result>): Promise<Result>;
}

/**
 * Bookings of one doctor wait for each other in the database, across processes; those of one process wait here
 * first, so that a rush on one doctor holds one connection of the pool and leaves the others to everybody else.
 */
export function createTurns(): Turns {
  const last = new Map<number, Promise<unknown>>();
  return {
    async take(key, work) {
      const before = last.get(key);
      const turn = (before ?? Promise.resolve()).then(() => work(before !== undefined));
      const ended = turn.catch(() => undefined);
      last.set(key, ended);
      try {
        return await turn;
      } finally {
        if (last.get(key) === ended) last.delete(key);
      }
    },
  };
}
