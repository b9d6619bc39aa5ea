import { defineEnumMapping } from '@caregraph/service-kit';
import type { AppointmentError } from './appointment.js';
import type { ScheduleExceptionKind } from './generated/graphql.js';

/** A row of `schedule_exceptions`: when a doctor, or the clinic, works otherwise than the week says. */
export interface ScheduleException extends ExceptionTime {
  readonly id: number;
  readonly kind: ScheduleExceptionKind;
  /** Null for a holiday, which is the whole clinic's. */
  readonly doctorId: number | null;
  /** Of a holiday, its name. */
  readonly reason: string | null;
}

/**
 * On which dates, `YYYY-MM-DD` and both included, and from when to when, `HH:MM`; the whole days without times. All on
 * the clocks of the doctor, or for a holiday, of each doctor.
 */
export interface ExceptionTime {
  readonly firstDate: string;
  readonly lastDate: string;
  readonly startTime: string | null;
  readonly endTime: string | null;
}

/** An exception that is to be added. */
export type NewScheduleException = Omit<ScheduleException, 'id'>;

/** What a mutation of an exception answers: the exception, or why not. */
export interface ScheduleExceptionOutcome {
  readonly scheduleException: ScheduleException | null;
  /** How many booked appointments it leaves outside working time; null when it was refused, or leaves nothing so. */
  readonly affectedCount: number | null;
  readonly userErrors: readonly AppointmentError[];
}

/** `ScheduleExceptionKind` ↔ `schedule_exceptions.kind`. */
export const exceptionKindMapping = defineEnumMapping({
  TIME_OFF: 'time-off',
  EXTRA_HOURS: 'extra-hours',
  CLINIC_HOLIDAY: 'clinic-holiday',
});
