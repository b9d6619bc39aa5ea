/** A signal that never aborts. */
const never = new AbortController().signal;

/** Aborts when an operation that begins now has taken as long as it may, in milliseconds; 0 lets it take any time. */
export function startDeadline(milliseconds: number): AbortSignal {
  return milliseconds === 0 ? never : AbortSignal.timeout(milliseconds);
}
