import type { Interval } from '../src/interval.js';
import { daysOfWeek, type DoctorCalendar } from '../src/schedule.js';
import type { ExceptionTime } from '../src/schedule-exception.js';
import type { SlotShape } from '../src/free-slots.js';

export const minute = 60_000;

/** What the clocks of a time zone show in each minute of a window, as `YYYY-MM-DD HH:MM`. */
export interface Window {
  readonly timeZone: string;
  readonly start: number;
  readonly shown: readonly string[];
}

/** By Intl, which knows nothing of Temporal. */
export function clockOf(timeZone: string): (instant: number) => string {
  const format = new Intl.DateTimeFormat('sv', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit' },
  });
  return (instant) => format.format(instant);
}

/** The minutes from 60 hours before an instant until 60 hours after it: two whole days on each side, and a half. */
export function windowAround(timeZone: string, instant: number): Window {
  const start = instant - 60 * 60 * minute;
  const clock = clockOf(timeZone);
  const shown = Array.from({ length: 120 * 60 }, (_, index) => clock(start + index * minute));
  return { timeZone, start, shown };
}

/**
 * When a doctor works, the slow and obvious way: look at the clock every minute. As `workingTime` has it: on the whole
 * days that `range` touches.
 */
export function modelledWork(calendar: DoctorCalendar, window: Window, range: Interval): boolean[] {
  const { shown } = window;
  const worked = shown.map(() => false);
  /** From the first minute of the date that shows one time or later until the first that shows the other or later. */
  const fill = (date: string, from: string, to: string, value: boolean): void => {
    const first = shown.findIndex((at) => at.startsWith(date) && at.slice(11) >= from);
    if (first === -1) return;
    for (let index = first; index < shown.length; index += 1) {
      if ((shown[index] ?? '') >= `${date} ${to}`) break;
      worked[index] = value;
    }
  };
  const dates = [...new Set(shown.map((at) => at.slice(0, 10)))];
  const on = (date: string, { firstDate, lastDate }: ExceptionTime): boolean =>
    firstDate <= date && date <= lastDate;
  for (const date of dates) {
    const hours = calendar.days.find((day) => day.dayOfWeek === daysOfWeek[new Date(date).getUTCDay()]);
    if (!hours?.isAvailable) continue;
    fill(date, hours.startTime, hours.endTime, true);
    if (hours.breakStart !== null && hours.breakEnd !== null)
      fill(date, hours.breakStart, hours.breakEnd, false);
    for (const exception of calendar.exceptions) {
      if (exception.kind === 'EXTRA_HOURS' || !on(date, exception)) continue;
      fill(date, exception.startTime ?? '00:00', exception.endTime ?? '24:00', false);
    }
  }
  for (const date of dates) {
    for (const exception of calendar.exceptions) {
      if (exception.kind !== 'EXTRA_HOURS' || !on(date, exception)) continue;
      fill(date, exception.startTime ?? '00:00', exception.endTime ?? '24:00', true);
    }
  }
  const whole = modelledDays(window, range);
  return worked.map((works, index) => {
    const instant = window.start + index * minute;
    return works && whole.start <= instant && instant < whole.end;
  });
}

/** From the beginning of the first local day that a range touches to the end of the last one. */
export function modelledDays({ start, shown }: Window, range: Interval): Interval {
  const latestAt = (instant: number): string =>
    shown
      .slice(0, (instant - start) / minute + 1)
      .map((at) => at.slice(0, 10))
      .reduce((one, other) => (one > other ? one : other));
  const [first, last] = [latestAt(range.start), latestAt(range.end - minute)];
  return {
    start: start + shown.findIndex((at) => at.slice(0, 10) === first) * minute,
    end: start + shown.findIndex((at) => at.slice(0, 10) > last) * minute,
  };
}

/** The free slots in working minutes: at each minute, ask whether one fits. */
export function modelledSlots(
  worked: readonly boolean[],
  taken: readonly boolean[],
  shape: SlotShape,
): [first: number, last: number][] {
  const [length, before, after] = [shape.length, shape.bufferBefore, shape.bufferAfter].map(
    (time) => time / minute,
  );
  if (length === undefined || before === undefined || after === undefined)
    throw new Error('A shape has three parts.');
  const slots: [number, number][] = [];
  let earliest = 0;
  for (let index = 0; index < worked.length; index += 1) {
    if (index < earliest) continue;
    const fits =
      worked.slice(index, index + length).every(Boolean) &&
      !taken.slice(Math.max(0, index - before), index + length + after).some(Boolean);
    if (!fits) continue;
    slots.push([index, index + length]);
    earliest = index + length + after + before;
  }
  return slots;
}

/** The intervals of the minutes that are true. */
export function intervalsOf(minutes: readonly boolean[], start: number): Interval[] {
  const intervals: Interval[] = [];
  let first: number | null = null;
  [...minutes, false].forEach((isIn, index) => {
    if (isIn) first ??= index;
    else if (first !== null) {
      intervals.push({ start: start + first * minute, end: start + index * minute });
      first = null;
    }
  });
  return intervals;
}
