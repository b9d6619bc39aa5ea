import { subtract, unite, type Interval } from './interval.js';
import { localDays, type LocalDay } from './local-days.js';
import type { DoctorCalendar, WorkingHours } from './schedule.js';
import type { ExceptionTime } from './schedule-exception.js';

/**
 * When the doctor works on the local days that `range` touches, in order: the week's hours without breaks and time
 * off, nothing of them on the clinic's holidays, and whatever the week, time off and holidays say, the extra hours.
 * What follows without a pause, over midnight too, is one interval.
 *
 * Work begins at the first instant of its date at which the clocks show its beginning or later, and ends at the first
 * at which they show its end or later. So on a day on which clocks change, hours that they skip are no working time,
 * and an hour that they show twice is a part of what begins before it and ends after it.
 */
export function* workingTime(calendar: DoctorCalendar, range: Interval): Generator<Interval> {
  const hours = new Map(calendar.days.filter((day) => day.isAvailable).map((day) => [day.dayOfWeek, day]));
  let open: Interval | null = null;
  for (const day of localDays(calendar.timeZone, range)) {
    for (const stretch of stretchesOf(day, hours.get(day.dayOfWeek), calendar)) {
      if (open !== null && open.end < stretch.start) yield open;
      open = {
        start: open !== null && open.end >= stretch.start ? open.start : stretch.start,
        end: stretch.end,
      };
    }
  }
  if (open !== null) yield open;
}

/** Whether the doctor works during the whole of `range`. */
export function isWorkingTime(calendar: DoctorCalendar, range: Interval): boolean {
  for (const { start, end } of workingTime(calendar, range)) {
    if (start <= range.start && range.end <= end) return true;
  }
  return false;
}

/** Whether a part of `range` is in the time of an exception, on the clocks of a time zone. */
export function touchesException(exception: ExceptionTime, timeZone: string, range: Interval): boolean {
  for (const day of localDays(timeZone, range)) {
    if (!isOn(day, exception)) continue;
    const { start, end } = timeOf(day, exception);
    if (start < range.end && range.start < end) return true;
  }
  return false;
}

/** When the doctor works on one local day: ordered and disjoint. */
function stretchesOf(
  day: LocalDay,
  hours: WorkingHours | undefined,
  { exceptions }: Pick<DoctorCalendar, 'exceptions'>,
): Interval[] {
  const today = exceptions.filter((exception) => isOn(day, exception));
  const extra = today.filter(({ kind }) => kind === 'EXTRA_HOURS').map((exception) => timeOf(day, exception));
  if (hours === undefined) return unite(extra);
  const off = today.filter(({ kind }) => kind !== 'EXTRA_HOURS').map((exception) => timeOf(day, exception));
  const { breakStart, breakEnd } = hours;
  if (breakStart !== null && breakEnd !== null) {
    off.push(timeOf(day, { startTime: breakStart, endTime: breakEnd }));
  }
  return unite([...subtract(timeOf(day, hours), off), ...extra]);
}

function isOn(day: LocalDay, { firstDate, lastDate }: ExceptionTime): boolean {
  return firstDate <= day.date && day.date <= lastDate;
}

/** From one time of a day to another one; without times the whole day. */
function timeOf(
  day: LocalDay,
  { startTime, endTime }: Pick<ExceptionTime, 'startTime' | 'endTime'>,
): Interval {
  return { start: day.instantOf(startTime ?? '00:00'), end: day.instantOf(endTime ?? '24:00') };
}
