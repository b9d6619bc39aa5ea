import { createLogger } from '@caregraph/service-kit';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGrowingDelay } from './growing-delay.js';
import { createRateLimits } from './rate-limits.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function createDelay() {
  const limits = createRateLimits({ logger: createLogger('test', 'silent') });
  return createGrowingDelay(limits, 'test', { failures: 3, longest: 60 });
}

describe('a growing delay', () => {
  it('begins after the third failure with a second, doubles, and ends at a minute', async () => {
    const delay = createDelay();
    const pauses: number[] = [];
    for (let failure = 0; failure < 12; failure += 1) {
      expect(await delay.admit('key')).toBe(0);
      const pause = await delay.check('key');
      pauses.push(pause / 1_000);
      vi.advanceTimersByTime(pause);
    }
    expect(pauses).toEqual([0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
  });

  it('is prolonged by nobody who comes too early', async () => {
    const delay = createDelay();
    for (let failure = 0; failure < 4; failure += 1) {
      expect(await delay.admit('key')).toBe(0);
      if (failure < 3) vi.advanceTimersByTime(await delay.check('key'));
    }
    expect(await delay.admit('key')).toBe(2_000);
    vi.advanceTimersByTime(1_500);
    for (let early = 0; early < 100; early += 1) expect(await delay.admit('key')).toBe(500);
    vi.advanceTimersByTime(500);
    expect(await delay.admit('key')).toBe(0);
    expect(await delay.check('key')).toBe(4_000);
  });

  it('admits no more of many at once than one after the other', async () => {
    const delay = createDelay();
    const admitted = async () =>
      (await Promise.all(Array.from({ length: 200 }, () => delay.admit('key')))).filter((wait) => wait === 0)
        .length;
    expect(await admitted()).toBe(3);
    vi.advanceTimersByTime(1_000);
    expect(await admitted()).toBe(1);
  });

  it('forgets after a success, and for each key by itself', async () => {
    const delay = createDelay();
    for (let failure = 0; failure < 3; failure += 1) await delay.admit('key');
    expect(await delay.check('key')).toBe(1_000);
    expect(await delay.check('another')).toBe(0);
    await delay.clear('key');
    for (let failure = 0; failure < 3; failure += 1) expect(await delay.admit('key')).toBe(0);
  });

  it('is not made longer by attempts that are taken back, however many and mixed with failures', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 40 }), async (outcomes) => {
        const [mixed, failing] = [createDelay(), createDelay()];
        for (const hasFailed of outcomes) {
          vi.advanceTimersByTime(60_000);
          expect(await mixed.admit('key')).toBe(0);
          if (hasFailed) await failing.admit('key');
          else await mixed.takeBack('key');
        }
        expect(await mixed.check('key')).toBeLessThanOrEqual(await failing.check('key'));
      }),
    );
  });
});
