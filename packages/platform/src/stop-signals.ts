/** What people and process managers ask of us. */
export interface StopSignals {
  /** Aborted when we are told to stop. */
  stop: AbortSignal;
  /** Aborted when we are told again, and so to stop without waiting for anything. */
  force: AbortSignal;
}

/**
 * One Ctrl-C can arrive twice, from the terminal and from the npm that started us; what comes within this
 * many milliseconds is the same wish.
 */
const sameWish = 1_000;

/** Listens to Ctrl-C, SIGTERM and the closing of the terminal from now on. */
export function listenToStopSignals(): StopSignals {
  const stop = new AbortController();
  const force = new AbortController();
  let first = 0;
  const onSignal = (): void => {
    if (!stop.signal.aborted) {
      first = performance.now();
      stop.abort();
    } else if (performance.now() - first > sameWish) {
      force.abort();
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return { stop: stop.signal, force: force.signal };
}

/** Settles when `signal` is aborted. */
export function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
