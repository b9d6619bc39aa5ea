import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { earliestSlots } from './earliest-slots.js';
import type { Interval } from './interval.js';

const slots = fc
  .uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 12 })
  .map((starts) =>
    starts.sort((one, other) => one - other).map((start): Interval => ({ start, end: start + 1 })),
  );

describe('the earliest slots', () => {
  it('are those that come first when all are put in order', () => {
    const doctors = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 20 }), slots), {
      selector: ([id]) => id,
      maxLength: 6,
    });
    fc.assert(
      fc.property(doctors, fc.integer({ min: 1, max: 40 }), (some, limit) => {
        const all = some.flatMap(([doctorId, own]) => own.map((slot) => ({ doctorId, ...slot })));
        all.sort((one, other) => one.start - other.start || one.doctorId - other.doctorId);
        expect(earliestSlots(new Map(some), limit)).toEqual(all.slice(0, limit));
      }),
    );
  });

  it('are found without making the others', () => {
    let made = 0;
    function* endless(): Generator<Interval> {
      for (;;) {
        made += 1;
        yield { start: made, end: made + 1 };
      }
    }
    expect(
      earliestSlots(
        new Map([
          [1, endless()],
          [2, endless()],
        ]),
        3,
      ),
    ).toHaveLength(3);
    expect(made).toBeLessThan(8);
  });
});
