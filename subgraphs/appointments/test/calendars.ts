import * as fc from 'fast-check';
import { daysOfWeek, type DoctorCalendar } from '../src/schedule.js';
import type { ScheduleException } from '../src/schedule-exception.js';
import type { Window } from './minute-model.js';

/** `HH:MM` for a number of minutes since midnight, up to 24:00. */
const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** The times that clocks show right before and after they change, and a minute from these. */
function timesOfChange({ shown }: Window): string[] {
  const times = shown.flatMap((at, index) => {
    const next = shown[index + 1];
    if (next === undefined || Date.parse(`${next}Z`) - Date.parse(`${at}Z`) === 60_000) return [];
    return [minutesOf(at.slice(11)) + 1, minutesOf(next.slice(11))];
  });
  return times
    .flatMap((time) => [time - 1, time, time + 1])
    .filter((time) => time >= 0 && time <= 1440)
    .map(clock);
}

/** Calendars for the days of a window: hours and exceptions that begin and end when clocks change, or at any time. */
export function calendarsFor(window: Window): fc.Arbitrary<DoctorCalendar> {
  const { timeZone, shown } = window;
  const time = fc.oneof(
    fc.constantFrom('00:00', '24:00', ...timesOfChange(window)),
    fc.integer({ min: 0, max: 4 * 60 }).map(clock),
    fc.integer({ min: 0, max: 1440 }).map(clock),
  );
  const times = (count: number): fc.Arbitrary<string[]> =>
    fc.array(time, { minLength: count, maxLength: count }).map((some) => some.sort());
  const hours = times(4)
    .filter(([start = '', , , end = '']) => start < end)
    .chain(([startTime = '', breakStart = '', breakEnd = '', endTime = '']) =>
      fc.boolean().map((hasBreak) => ({
        startTime,
        endTime,
        breakStart: hasBreak && breakStart < breakEnd ? breakStart : null,
        breakEnd: hasBreak && breakStart < breakEnd ? breakEnd : null,
      })),
    );
  const date = fc.constantFrom(...new Set(shown.map((at) => at.slice(0, 10))));
  const part = times(2).filter(([start = '', end = '']) => start < end);
  const exception = fc.oneof(
    fc.tuple(date, date).map(([one, other]) => ({
      ...{ kind: 'TIME_OFF' as const, startTime: null, endTime: null },
      ...(one < other ? { firstDate: one, lastDate: other } : { firstDate: other, lastDate: one }),
    })),
    date.map((day) => ({
      ...{ kind: 'CLINIC_HOLIDAY' as const, startTime: null, endTime: null, firstDate: day, lastDate: day },
    })),
    fc
      .tuple(fc.constantFrom('TIME_OFF' as const, 'EXTRA_HOURS' as const), date, part)
      .map(([kind, day, some]) => ({
        ...{ kind, firstDate: day, lastDate: day, startTime: some[0] ?? null, endTime: some[1] ?? null },
      })),
  );
  return fc.record({
    timeZone: fc.constant(timeZone),
    days: fc.array(fc.option(hours, { freq: 8 }), { minLength: 7, maxLength: 7 }).map((days) =>
      daysOfWeek.flatMap((dayOfWeek, id) => {
        const day = days[id] ?? null;
        return day === null ? [] : [{ ...day, id, dayOfWeek, isAvailable: true, timeZone }];
      }),
    ),
    exceptions: fc
      .array(exception, { maxLength: 3 })
      .map((some) => some.map((one, id): ScheduleException => ({ ...one, id, doctorId: 1, reason: null }))),
  });
}
