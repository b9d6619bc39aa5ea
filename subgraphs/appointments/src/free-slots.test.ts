import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeSlots } from './free-slots.js';
import type { Interval } from './interval.js';
import { daysOfWeek, type DoctorSchedule } from './schedule.js';
import { isWorkingTime, workingTime } from './working-time.js';

const minute = 60_000;
const hour = 60 * minute;

/** `HH:MM` for a number of quarters of an hour since midnight, up to 24:00. */
const clock = (quarters: number): string =>
  `${String(Math.floor(quarters / 4)).padStart(2, '0')}:${String((quarters % 4) * 15).padStart(2, '0')}`;

const hours = fc
  .uniqueArray(fc.integer({ min: 0, max: 96 }), { minLength: 4, maxLength: 4 })
  .map((quarters) => quarters.sort((one, other) => one - other).map(clock))
  .chain(([startTime = '', breakStart = '', breakEnd = '', endTime = '']) =>
    fc.boolean().map((hasBreak) => ({
      startTime,
      endTime,
      breakStart: hasBreak ? breakStart : null,
      breakEnd: hasBreak ? breakEnd : null,
    })),
  );

const week = fc
  .record({
    timeZone: fc.constantFrom('UTC', 'Europe/Vienna', 'America/New_York', 'Australia/Lord_Howe'),
    days: fc.array(fc.option(hours), { minLength: 7, maxLength: 7 }),
  })
  .map(({ timeZone, days }) => ({
    timeZone,
    exceptions: [],
    days: days.flatMap((day, index): DoctorSchedule[] => {
      const dayOfWeek = daysOfWeek[index];
      return day === null || dayOfWeek === undefined
        ? []
        : [{ ...day, id: index, dayOfWeek, isAvailable: true, timeZone }];
    }),
  }));

/** Four days around a change of clocks in one of the time zones, or around none. */
const range = fc
  .constantFrom(
    '2026-03-08',
    '2026-03-29',
    '2026-04-05',
    '2026-06-01',
    '2026-10-04',
    '2026-10-25',
    '2026-11-01',
  )
  .map((day): Interval => {
    const noon = Date.parse(`${day}T12:00:00Z`);
    return { start: noon - 48 * hour, end: noon + 48 * hour };
  });

/** None, or up to four hours. */
const buffer = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 240 }).map((minutes) => minutes * minute),
);

const search = fc.record({ week, range, duration: fc.integer({ min: 15, max: 480 }) }).chain((found) =>
  fc.record({
    week: fc.constant(found.week),
    range: fc.constant(found.range),
    shape: fc
      .record({ bufferBefore: buffer, bufferAfter: buffer })
      .map((buffers) => ({ ...buffers, length: found.duration * minute })),
    busy: fc.array(
      fc
        .tuple(fc.integer({ min: -72 * 60, max: 72 * 60 }), fc.integer({ min: 15, max: 480 }))
        .map(([from, minutes]): Interval => {
          const start = (found.range.start + found.range.end) / 2 + from * minute;
          return { start, end: start + minutes * minute };
        }),
      { maxLength: 12 },
    ),
  }),
);

const overlap = (one: Interval, other: Interval): boolean => one.start < other.end && other.start < one.end;

describe('free slots', () => {
  it('have the length, lie in working hours, and overlap, buffers included, neither each other nor what is taken', () => {
    fc.assert(
      fc.property(search, ({ week, range, shape, busy }) => {
        const { length, bufferBefore, bufferAfter } = shape;
        const working = [...workingTime(week, range)];
        const slots = [...freeSlots(working, busy, shape)];
        slots.forEach((slot, index) => {
          const previous = slots[index - 1];
          const kept = { start: slot.start - bufferBefore, end: slot.end + bufferAfter };
          expect(slot.end - slot.start).toBe(length);
          expect(previous === undefined || previous.end + bufferAfter <= kept.start).toBe(true);
          expect(working.some(({ start, end }) => start <= slot.start && slot.end <= end)).toBe(true);
          expect(busy.some((appointment) => overlap(appointment, kept))).toBe(false);
        });
        // What is offered can be booked: booking looks at the days of the slot alone.
        for (const slot of slots.slice(-2)) expect(isWorkingTime(week, slot)).toBe(true);
      }),
    );
  });

  it('leave no room for one more', () => {
    fc.assert(
      fc.property(search, ({ week, range, shape, busy }) => {
        const { length, bufferBefore, bufferAfter } = shape;
        const working = [...workingTime(week, range)];
        const slots = [...freeSlots(working, busy, shape)];
        const taken = [
          ...busy,
          ...slots.map(({ start, end }) => ({ start: start - bufferBefore, end: end + bufferAfter })),
        ];
        // A free time that is as early as possible begins where work begins or where something ends.
        const starts = [...working.map(({ start }) => start), ...taken.map(({ end }) => end + bufferBefore)];
        const more = starts
          .map((start): Interval => ({ start, end: start + length }))
          .filter((slot) => working.some(({ start, end }) => start <= slot.start && slot.end <= end))
          .filter(
            ({ start, end }) =>
              !taken.some((other) => overlap(other, { start: start - bufferBefore, end: end + bufferAfter })),
          );
        expect(more).toEqual([]);
      }),
    );
  });

  const at = (from: number, to: number): Interval => ({ start: from * minute, end: to * minute });
  const half = { length: 30 * minute, bufferBefore: 0, bufferAfter: 0 };

  it('are packed from the beginning of each gap', () => {
    expect([...freeSlots([at(0, 100), at(130, 200)], [at(65, 70), at(90, 140)], half)]).toEqual([
      at(0, 30),
      at(30, 60),
      at(140, 170),
      at(170, 200),
    ]);
  });

  it('have buffers that may lie outside working hours, but not in what is taken there', () => {
    const shape = { ...half, bufferBefore: 15 * minute, bufferAfter: 10 * minute };
    expect([...freeSlots([at(100, 160)], [], shape)]).toEqual([at(100, 130)]);
    expect([...freeSlots([at(100, 200)], [at(80, 90), at(165, 170)], shape)]).toEqual([at(105, 135)]);
  });

  it('are made no further than somebody asks', () => {
    function* endless(): Generator<Interval> {
      for (let day = 0; ; day += 1) yield at(day * 1440, day * 1440 + 45);
    }
    const [first, second] = freeSlots(endless(), [], half);
    expect([first, second]).toEqual([at(0, 30), at(1440, 1470)]);
  });
});
