import { setMaxListeners } from 'node:events';

/** Aborts when an operation that begins now has taken as long as it may, in milliseconds; 0 lets it take any time. */
export function startDeadline(milliseconds: number): AbortSignal {
  const deadline = milliseconds === 0 ? new AbortController().signal : AbortSignal.timeout(milliseconds);
  // An operation has as many fetches as its plan, and all of them wait for it.
  setMaxListeners(0, deadline);
  return deadline;
}

/** What some work comes to; rejects with the deadline's reason where that passes before, whatever the work does. */
export function beforeDeadline<Result>(work: Promise<Result>, deadline: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      reject(deadline.reason as Error);
    };
    deadline.addEventListener('abort', giveUp, { once: true });
    void work.then(resolve, reject).finally(() => {
      deadline.removeEventListener('abort', giveUp);
    });
  });
}
