import { Temporal } from 'temporal-polyfill';
import { daysOfWeek, type Week, type WorkingHours } from './schedule.js';

/** A stretch of time, its end not included; in milliseconds since 1970, so that comparing is plain arithmetic. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/**
 * The whole local days that `range` touches, in the week's time zone: where the working time of its first and last
 * day begins and ends, whatever part of these days the range holds.
 */
export function wholeDays(range: Interval, { timeZone }: Pick<Week, 'timeZone'>): Interval {
  const first = localDate(range.start, timeZone);
  const last = localDate(Math.max(range.start, range.end - 1), timeZone);
  return { start: instantOf(first, '00:00', timeZone), end: instantOf(last, '24:00', timeZone) };
}

/**
 * When the doctor works on the local days that `range` touches: without breaks and days off, in order; what follows
 * without a pause, over midnight too, is one interval. On a day on which clocks change, hours that the wall skips
 * are no working time, and those that it shows twice are.
 */
export function workingTime({ timeZone, days }: Week, range: Interval): Interval[] {
  const hours = new Map(days.filter((day) => day.isAvailable).map((day) => [day.dayOfWeek, day]));
  const intervals: { start: number; end: number }[] = [];
  const last = localDate(Math.max(range.start, range.end - 1), timeZone);
  for (
    let date = localDate(range.start, timeZone);
    Temporal.PlainDate.compare(date, last) <= 0;
    date = date.add({ days: 1 })
  ) {
    const day = daysOfWeek[date.dayOfWeek % 7];
    const worked = day === undefined ? undefined : hours.get(day);
    for (const [from, to] of worked === undefined ? [] : stretches(worked)) {
      const start = instantOf(date, from, timeZone);
      const end = instantOf(date, to, timeZone);
      const previous = intervals.at(-1);
      if (start >= end) continue;
      if (previous !== undefined && start <= previous.end) previous.end = Math.max(previous.end, end);
      else intervals.push({ start, end });
    }
  }
  return intervals;
}

/** Whether the doctor works during the whole of `range`. */
export function isWorkingTime(week: Week, range: Interval): boolean {
  return workingTime(week, range).some(({ start, end }) => start <= range.start && range.end <= end);
}

function stretches({ startTime, endTime, breakStart, breakEnd }: WorkingHours): [string, string][] {
  return breakStart === null || breakEnd === null
    ? [[startTime, endTime]]
    : [
        [startTime, breakStart],
        [breakEnd, endTime],
      ];
}

function localDate(instant: number, timeZone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone).toPlainDate();
}

/** A time that the clocks skip is the same stretch of time later, one that they show twice the first of both. */
function instantOf(date: Temporal.PlainDate, time: string, timeZone: string): number {
  return time === '24:00'
    ? date.add({ days: 1 }).toZonedDateTime({ timeZone }).epochMilliseconds
    : date.toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds;
}
