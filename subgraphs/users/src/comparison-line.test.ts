import { describe, expect, it } from 'vitest';
import { createComparisonLine } from './comparison-line.js';

/** Two threads, a second for each comparison, three seconds of patience. */
function openLine() {
  const line = createComparisonLine({ threads: 2, duration: () => 1_000, longestWait: 3_000 });
  let resolve = (_: true): void => undefined;
  const promise = new Promise<true>((keep) => {
    resolve = keep;
  });
  const blocked = { promise, resolve };
  return {
    line,
    blocked,
    fill: (times: number) => Array.from({ length: times }, () => line.join(() => blocked.promise)),
  };
}

describe('a line of comparisons', () => {
  it('takes as many as are done soon, and turns the next ones back at once', async () => {
    const { line, blocked, fill } = openLine();
    // Two are worked on, and six are done within three seconds.
    const taken = fill(7);
    expect(await line.join(() => Promise.resolve('early enough'))).toBe('early enough');
    taken.push(...fill(1));
    let began = false;
    const late = await line.join(() => {
      began = true;
      return Promise.resolve('late');
    });
    expect([late, began]).toEqual([null, false]);
    blocked.resolve(true);
    expect(await Promise.all(taken)).toEqual(Array(8).fill(true));
    expect(await line.join(() => Promise.resolve('soon'))).toBe('soon');
  });

  it('gives the place of one that fails to another', async () => {
    const { line, blocked, fill } = openLine();
    void Promise.allSettled(fill(7));
    await expect(line.join(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await line.join(() => Promise.resolve('next'))).toBe('next');
    blocked.resolve(true);
  });
});
