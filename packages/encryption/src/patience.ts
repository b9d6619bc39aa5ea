/** Tells when to say that something takes long. */
export interface Patience {
  /** Begins anew: it went on. */
  renew(): void;
  /** True after a few seconds without that, and then again from time to time. */
  isExhausted(): boolean;
}

/** In milliseconds: until the first time, and between two times. */
const first = 3_000;
const next = 30_000;

export function createPatience(now: () => number = () => performance.now()): Patience {
  let end = now() + first;
  return {
    renew() {
      end = now() + first;
    },
    isExhausted() {
      if (now() < end) return false;
      end = now() + next;
      return true;
    },
  };
}
