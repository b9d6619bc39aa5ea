import { Temporal } from 'temporal-polyfill';
import type { Interval } from './interval.js';
import { daysOfWeek } from './schedule.js';
import type { DayOfWeek } from './generated/graphql.js';

/**
 * A date on the clocks of a time zone: it lasts from the first instant at which they show it until the first at which
 * they show a later one. So days follow each other without a gap, also where the clocks are set back over midnight
 * and show the day before once more.
 */
export interface LocalDay {
  /** As `YYYY-MM-DD`. */
  readonly date: string;
  readonly dayOfWeek: DayOfWeek;
  /**
   * The first instant at which the clocks show this date and time (`HH:MM`, `24:00` for the beginning of the next
   * date) or later: of a time that they skip the moment at which they skip it, of one that they show twice the first.
   */
  instantOf(time: string): number;
}

/** The local days that `range` touches, in order. */
export function* localDays(timeZone: string, range: Interval): Generator<LocalDay> {
  const periods = offsetPeriods(timeZone, range);
  const last = midnightBefore(Math.max(range.start, range.end - 1), periods);
  let midnight = midnightBefore(range.start, periods);
  let date = Temporal.Instant.fromEpochMilliseconds(midnight).toZonedDateTimeISO('UTC').toPlainDate();
  for (; midnight <= last; midnight += day, date = date.add({ days: 1 })) {
    yield localDay(date, midnight, periods);
  }
}

/** From the beginning of the first local day that `range` touches to the end of the last one. */
export function wholeDays(timeZone: string, range: Interval): Interval {
  const periods = offsetPeriods(timeZone, range);
  const last = midnightBefore(Math.max(range.start, range.end - 1), periods);
  return {
    start: firstShowing(midnightBefore(range.start, periods), periods),
    end: firstShowing(last + day, periods),
  };
}

const minute = 60_000;
const day = 24 * 60 * minute;

/** What the clocks show is written as the instant at which those of UTC show it. */
type ClockTime = number;

/** A time during which clocks are ahead of UTC by the same `offset`, in milliseconds. */
interface OffsetPeriod extends Interval {
  readonly offset: number;
}

function localDay(date: Temporal.PlainDate, midnight: ClockTime, periods: readonly OffsetPeriod[]): LocalDay {
  const dayOfWeek = daysOfWeek[date.dayOfWeek % 7];
  if (dayOfWeek === undefined) throw new Error('A week has seven days.');
  return {
    date: date.toString(),
    dayOfWeek,
    instantOf(time) {
      const minutes = Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
      return firstShowing(midnight + minutes * minute, periods);
    },
  };
}

/** The periods that can matter to the days of `range`, without a gap; the last one is given no end. */
function offsetPeriods(timeZone: string, range: Interval): OffsetPeriod[] {
  const periods: OffsetPeriod[] = [];
  // No clock is more than a day away from another one, and no day is longer than two.
  const horizon = range.end + 3 * day;
  let clock = Temporal.Instant.fromEpochMilliseconds(range.start - 3 * day).toZonedDateTimeISO(timeZone);
  for (;;) {
    const transition = clock.getTimeZoneTransition('next');
    const isLast = transition === null || transition.epochMilliseconds > horizon;
    periods.push({
      start: clock.epochMilliseconds,
      end: isLast ? Infinity : transition.epochMilliseconds,
      offset: clock.offsetNanoseconds / 1_000_000,
    });
    if (isLast) return periods;
    clock = transition;
  }
}

function firstShowing(time: ClockTime, periods: readonly OffsetPeriod[]): number {
  for (const { start, end, offset } of periods) {
    const instant = Math.max(start, time - offset);
    if (instant < end) return instant;
  }
  throw new Error('The last period has no end.');
}

/** The beginning of the latest date that the clocks have shown up to an instant. */
function midnightBefore(instant: number, periods: readonly OffsetPeriod[]): ClockTime {
  const latest = periods
    .filter(({ start }) => start <= instant)
    .map(({ end, offset }) => Math.min(instant, end - 1) + offset);
  return Math.floor(Math.max(...latest) / day) * day;
}
