import { endOf, type Appointment, type AppointmentError } from './appointment.js';
import type { AppointmentTypeRule } from './appointment-type-rule.js';
import type { BookingOverride } from './booking-override.js';
import type { Interval } from './interval.js';
import type { DoctorCalendar } from './schedule.js';
import { isWorkingTime } from './working-time.js';

/** How long ago an emergency may have begun when it is booked, in milliseconds: it is treated first. */
const emergencyGrace = 15 * 60_000;

/** A time that is to be booked, and for what. */
export type Booking = Pick<Appointment, 'dateTime' | 'duration' | 'type'>;

/** Under which terms a time is booked. */
export interface BookingTerms {
  readonly now: Date;
  /** In minutes: what the type of appointment needs. */
  readonly minimumNotice: number;
  /** Whether working hours and notice are waived. */
  readonly isOutsideSchedule: boolean;
}

/** The terms as they are now: the rule of the type, but for what is waived. */
export function termsOf(
  { minimumNotice }: Pick<AppointmentTypeRule, 'minimumNotice'>,
  override: BookingOverride | null = null,
): BookingTerms {
  return { now: new Date(), minimumNotice, isOutsideSchedule: override?.outsideSchedule ?? false };
}

/**
 * Why a booking cannot be at its time, whatever else is booked then; null when it can. Emergencies are bound
 * neither to the doctor's hours, nor to a notice, nor, for a quarter of an hour, to the future.
 */
export function findTimeProblem(
  calendar: DoctorCalendar | null,
  booking: Booking,
  { now, minimumNotice, isOutsideSchedule }: BookingTerms,
): AppointmentError | null {
  const isEmergency = booking.type === 'EMERGENCY';
  const earliest = now.getTime() - (isEmergency ? emergencyGrace : 0);
  if (booking.dateTime.getTime() < earliest) {
    return { code: 'IN_THE_PAST', message: 'The time has passed.', field: ['dateTime'] };
  }
  if (isEmergency || isOutsideSchedule) return null;
  if (booking.dateTime.getTime() < now.getTime() + minimumNotice * 60_000) {
    const message = `This type of appointment is booked at least ${minimumNotice} minutes before.`;
    return { code: 'TOO_SHORT_NOTICE', message, field: ['dateTime'] };
  }
  return findScheduleProblem(calendar, booking);
}

/** Why a time is not within a doctor's working time; null when it is. */
export function findScheduleProblem(
  calendar: DoctorCalendar | null,
  booking: Pick<Booking, 'dateTime' | 'duration'>,
): AppointmentError | null {
  const refuse = (message: string): AppointmentError => ({
    code: 'OUTSIDE_SCHEDULE',
    message,
    field: ['dateTime'],
  });
  const hasHours =
    calendar?.days.some((day) => day.isAvailable) === true ||
    calendar?.exceptions.some(({ kind }) => kind === 'EXTRA_HOURS') === true;
  if (calendar === null || !hasHours) return refuse('The doctor has no working hours.');
  return isWorkingTime(calendar, rangeOf(booking))
    ? null
    : refuse("The time is not within the doctor's working hours.");
}

/** The time that a booking takes. */
export function rangeOf({ dateTime, duration }: Pick<Booking, 'dateTime' | 'duration'>): Interval {
  return { start: dateTime.getTime(), end: endOf(dateTime, duration).getTime() };
}
