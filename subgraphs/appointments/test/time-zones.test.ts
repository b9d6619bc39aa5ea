import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExhaustive } from '../../../test/effort.js';
import { freeSlots } from '../src/free-slots.js';
import type { Interval } from '../src/interval.js';
import { wholeDays } from '../src/local-days.js';
import type { DoctorCalendar } from '../src/schedule.js';
import { isWorkingTime, workingTime } from '../src/working-time.js';
import { calendarsFor } from './calendars.js';
import { daysOfChange, timeZones } from './clock-changes.js';
import {
  intervalsOf,
  minute,
  modelledDays,
  modelledSlots,
  modelledWork,
  windowAround,
  type Window,
} from './minute-model.js';

const seed = 20_260_329;
const firstYear = 2020;
const lastYear = 2035;
const hour = 60 * minute;

/** A search within a window, for what is made of it. */
interface Case {
  readonly calendar: DoctorCalendar;
  readonly range: Interval;
  readonly busy: readonly Interval[];
  readonly length: number;
  readonly bufferBefore: number;
  readonly bufferAfter: number;
}

function casesFor(window: Window): fc.Arbitrary<Case> {
  const middle = window.start + 60 * hour;
  const times = (min: number, max: number): fc.Arbitrary<number> =>
    fc.integer({ min, max }).map((minutes) => minutes * minute);
  const buffer = fc.oneof(fc.constant(0), times(1, 45));
  return fc.record({
    calendar: calendarsFor(window),
    range: fc.tuple(times(-12 * 60, 11 * 60), times(1, 24 * 60)).map(([from, length]) => ({
      start: middle + from,
      end: Math.min(middle + from + length, middle + 12 * hour),
    })),
    busy: fc.array(
      fc
        .tuple(times(-48 * 60, 48 * 60), times(15, 480))
        .map(([from, length]) => ({ start: middle + from, end: middle + from + length })),
      { maxLength: 4 },
    ),
    length: times(15, 240),
    bufferBefore: buffer,
    bufferAfter: buffer,
  });
}

/** Holds what is computed against what is seen on a clock, minute by minute. */
function compare(window: Window, { calendar, range, busy, ...shape }: Case): void {
  const worked = modelledWork(calendar, window, range);
  const working = [...workingTime(calendar, range)];
  expect(working).toEqual(intervalsOf(worked, window.start));
  expect(wholeDays(window.timeZone, range)).toEqual(modelledDays(window, range));
  const isWorked = worked
    .slice((range.start - window.start) / minute, (range.end - window.start) / minute)
    .every(Boolean);
  expect(isWorkingTime(calendar, range)).toBe(isWorked);
  const taken = worked.map((_, index) => {
    const instant = window.start + index * minute;
    return busy.some(({ start, end }) => start <= instant && instant < end);
  });
  const at = (index: number): number => window.start + index * minute;
  expect([...freeSlots(working, busy, shape)]).toEqual(
    modelledSlots(worked, taken, shape).map(([first, end]) => ({ start: at(first), end: at(end) })),
  );
}

function compareSome(window: Window, numRuns: number): void {
  fc.assert(
    fc.property(casesFor(window), (found) => {
      compare(window, found);
    }),
    // Other cases in each window.
    { seed: seed + timeZones.indexOf(window.timeZone) * 1_000_003 + window.start / hour, numRuns },
  );
}

describe('working time and free slots around a change of clocks', () => {
  /** With gaps and folds at midnight, of half an hour, or of one that is no rule but a decision of the year. */
  it.each([
    ['Africa/Cairo', 2026, 2],
    ['America/Havana', 2026, 2],
    ['Asia/Beirut', 2026, 2],
    ['Atlantic/Azores', 2026, 2],
    ['Australia/Lord_Howe', 2026, 2],
    ['Africa/Casablanca', 2026, 2],
    ['America/Santiago', 2026, 2],
    ['America/Nuuk', 2023, 1],
    ['Antarctica/Troll', 2026, 2],
    ['Asia/Almaty', 2024, 1],
    ['Europe/Volgograd', 2020, 1],
    ['Asia/Amman', 2022, 1],
  ])('are what a clock shows minute by minute: %s in %i', (timeZone, year, count) => {
    const changes = daysOfChange(timeZone, year, year);
    expect(changes).toHaveLength(count);
    for (const noon of changes) compareSome(windowAround(timeZone, noon + 12 * hour), isExhaustive ? 200 : 4);
  });

  it('are so in a sample of all time zones and years', () => {
    const zoneAndYear = fc.tuple(
      fc.constantFrom(...timeZones),
      fc.integer({ min: firstYear, max: lastYear }),
      fc.nat({ max: 364 }),
    );
    for (const [timeZone, year, dayOfYear] of fc.sample(zoneAndYear, { seed, numRuns: 60 })) {
      const anyDay = Date.parse(`${year}-01-01T12:00:00Z`) + dayOfYear * 24 * hour;
      const [noon = anyDay] = daysOfChange(timeZone, year, year);
      compareSome(windowAround(timeZone, noon + 12 * hour), 3);
    }
  });

  it.each(isExhaustive ? timeZones : [])('are so in every year: %s', (timeZone) => {
    const changes = daysOfChange(timeZone, firstYear, lastYear);
    const days = [...changes, Date.parse('2026-06-15T12:00:00Z')];
    for (const noon of days) compareSome(windowAround(timeZone, noon + 12 * hour), 8);
  });
});

describe('the time zone of the server', () => {
  it.each(['UTC', 'Pacific/Kiritimati', 'America/Los_Angeles', 'Africa/Cairo'])(
    'makes no difference: %s',
    (own) => {
      const before = process.env['TZ'];
      process.env['TZ'] = own;
      try {
        const january = Date.parse('2026-01-01T00:00:00Z');
        expect(Date.parse(`${windowAround(own, january).shown[0]}Z`)).toBe(
          january - 60 * hour - new Date(january - 60 * hour).getTimezoneOffset() * minute,
        );
        for (const timeZone of ['Europe/Vienna', 'America/Havana', 'Australia/Lord_Howe']) {
          for (const noon of daysOfChange(timeZone, 2027, 2027)) {
            compareSome(windowAround(timeZone, noon + 12 * hour), 4);
          }
        }
      } finally {
        if (before === undefined) delete process.env['TZ'];
        else process.env['TZ'] = before;
      }
    },
  );
});
