import type { TableRows } from './table-rows.js';

/** The length of a slot in minutes: the shortest appointment that the database accepts. */
export const slotLength = 15;

/** Working hours on one day of the week; times in minutes since midnight, in UTC. */
export interface WorkingDay {
  readonly start: number;
  readonly end: number;
  readonly break: { readonly start: number; readonly end: number } | null;
}

/** What a doctor works from Sunday (0) to Saturday (6); null on a day off. */
export type WorkingWeek = readonly (WorkingDay | null)[];

/** Time without a pause that holds `slots` slots of fifteen minutes from `start`, in minutes since midnight. */
export interface Stretch {
  readonly start: number;
  readonly slots: number;
}

/** Nine hours with a break of one, from Monday to Friday; at weekends, if at all, from nine to one. */
export function workingWeek(startHour: number, { weekends }: { readonly weekends: boolean }): WorkingWeek {
  const start = startHour * 60;
  const weekday: WorkingDay = {
    start,
    end: start + 9 * 60,
    break: { start: start + 4 * 60, end: start + 5 * 60 },
  };
  const weekend: WorkingDay | null = weekends ? { start: 9 * 60, end: 13 * 60, break: null } : null;
  return [weekend, weekday, weekday, weekday, weekday, weekday, weekend];
}

/** The stretches of a working day, before and after its break. */
export function stretches(day: WorkingDay | null): Stretch[] {
  if (day === null) return [];
  const between = (start: number, end: number): Stretch => ({ start, slots: (end - start) / slotLength });
  return day.break === null
    ? [between(day.start, day.end)]
    : [between(day.start, day.break.start), between(day.break.end, day.end)];
}

/** A doctor with the week that the doctor works. */
export interface WorkingDoctor {
  readonly id: number;
  readonly week: WorkingWeek;
}

/** The rows of `doctor_calendars`, in UTC, and of `doctor_schedules`, without the days off. */
export function scheduleRows(doctors: readonly WorkingDoctor[]): TableRows[] {
  const days = doctors.flatMap(({ id, week }) =>
    week.flatMap((day, dayOfWeek) => (day === null ? [] : [{ id, dayOfWeek, ...day }])),
  );
  return [
    {
      table: 'doctor_calendars',
      columns: ['doctor_id', 'time_zone'],
      count: doctors.length,
      rows: doctors.map(({ id }) => [id, 'UTC']),
    },
    {
      table: 'doctor_schedules',
      columns: ['doctor_id', 'day_of_week', 'start_time', 'end_time', 'break_start', 'break_end'],
      count: days.length,
      rows: days.map((day) => [
        ...[day.id, day.dayOfWeek, wallTime(day.start), wallTime(day.end)],
        ...[day.break && wallTime(day.break.start), day.break && wallTime(day.break.end)],
      ]),
    },
  ];
}

function wallTime(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
