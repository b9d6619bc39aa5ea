import { expect, it } from 'vitest';
import { createPatience } from './patience.js';

it('is exhausted after three seconds, then every thirty, and anew once it went on', () => {
  let now = 0;
  const patience = createPatience(() => now);
  const at = (time: number): boolean => {
    now = time;
    return patience.isExhausted();
  };
  expect([2_999, 3_000, 3_001, 32_999, 33_000].map(at)).toEqual([false, true, false, false, true]);
  patience.renew();
  expect([35_999, 36_000].map(at)).toEqual([false, true]);
});
