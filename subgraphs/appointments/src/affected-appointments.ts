import type { Interval } from './interval.js';
import type { DoctorCalendar } from './schedule.js';
import type { ExceptionTime } from './schedule-exception.js';
import type { BookedTime } from './schedule-exception-repository.js';
import { isWorkingTime, touchesException } from './working-time.js';

/** The time from the beginning of the first of these intervals to the end of the last one; null when there is none. */
export function spanOf(intervals: readonly Interval[]): Interval | null {
  if (intervals.length === 0) return null;
  return intervals.reduce((span, { start, end }) => ({
    start: Math.min(span.start, start),
    end: Math.max(span.end, end),
  }));
}

/**
 * How many appointments lie within the time of an exception, and outside working time now that the doctors' calendars
 * have it: those that somebody has to move, emergencies among them.
 */
export function countAffected(
  calendars: ReadonlyMap<number, DoctorCalendar | null>,
  exception: ExceptionTime,
  booked: readonly BookedTime[],
): number {
  return booked.filter((appointment) => {
    const calendar = calendars.get(appointment.doctorId) ?? null;
    return (
      calendar !== null &&
      touchesException(exception, calendar.timeZone, appointment) &&
      !isWorkingTime(calendar, appointment)
    );
  }).length;
}
