import { createHistogram } from 'node:perf_hooks';

/**
 * What one measurement found.
 *
 * @typedef {object} Measurement
 * @property {number} requests how many were answered
 * @property {number} perSecond
 * @property {number} p50 milliseconds that half of them took at most
 * @property {number} p99 milliseconds that 99 % of them took at most
 */

/**
 * Keeps `clients` clients busy: each sends its next request when the last one is answered. Stops at the first
 * answer that is wrong.
 *
 * @param {object} load
 * @param {number} load.clients
 * @param {number} load.seconds
 * @param {(index: number) => Promise<void>} load.send sends a request and throws unless the answer is right; no
 *   two calls get the same index
 * @param {{ next: number }} load.counter where the indexes come from
 * @param {AbortSignal} load.signal ends the measurement with an error
 * @returns {Promise<Measurement>}
 */
export async function measure({ clients, seconds, send, counter, signal }) {
  const histogram = createHistogram();
  const start = process.hrtime.bigint();
  const end = start + BigInt(seconds * 1000) * 1_000_000n;
  const client = async () => {
    for (let before = process.hrtime.bigint(); before < end;) {
      signal.throwIfAborted();
      counter.next += 1;
      await send(counter.next);
      const after = process.hrtime.bigint();
      histogram.record(after - before);
      before = after;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const elapsed = Number(process.hrtime.bigint() - start) / 1e9;
  return {
    requests: histogram.count,
    perSecond: histogram.count / elapsed,
    p50: histogram.percentile(50) / 1e6,
    p99: histogram.percentile(99) / 1e6,
  };
}
