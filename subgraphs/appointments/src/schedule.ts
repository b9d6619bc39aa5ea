import type { AppointmentError } from './appointment.js';
import type { DayOfWeek } from './generated/graphql.js';
import type { UserReference } from './references.js';
import type { ScheduleException } from './schedule-exception.js';

/** `DayOfWeek` by `doctor_schedules.day_of_week`: 0 is Sunday. */
export const daysOfWeek = [
  'SUNDAY',
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
] as const satisfies readonly DayOfWeek[];

/** A doctor's working hours on one day of the week; times are `HH:MM` on the wall, `24:00` a possible end. */
export interface WorkingHours {
  readonly dayOfWeek: DayOfWeek;
  readonly startTime: string;
  readonly endTime: string;
  readonly breakStart: string | null;
  readonly breakEnd: string | null;
  readonly isAvailable: boolean;
}

/** A row of the spec's `doctor_schedules`, with the time zone in which it is meant. */
export interface DoctorSchedule extends WorkingHours {
  readonly id: number;
  readonly timeZone: string;
}

/** A doctor's whole week, from Sunday to Saturday. */
export interface Week {
  readonly timeZone: string;
  readonly days: readonly DoctorSchedule[];
}

/** A doctor's week, with what is otherwise on the dates that somebody asked for. */
export interface DoctorCalendar extends Week {
  readonly exceptions: readonly ScheduleException[];
}

/** What setting a schedule answers: the doctor, or why not. */
export interface ScheduleOutcome {
  readonly doctor: UserReference | null;
  readonly userErrors: readonly AppointmentError[];
}
