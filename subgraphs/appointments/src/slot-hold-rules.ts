import { endOf, type Appointment, type AppointmentError } from './appointment.js';
import type { SlotHold } from './slot-hold.js';

/** Why a booking cannot be under the hold that it names; null when it can. `hold` is null when there is none such. */
export function findHoldProblem(
  hold: SlotHold | null,
  { doctorId, dateTime, duration }: Pick<Appointment, 'doctorId' | 'dateTime' | 'duration'>,
): AppointmentError | null {
  const field = ['holdId'];
  if (hold === null) {
    return { code: 'HOLD_EXPIRED', message: 'There is no such hold, or it has expired.', field };
  }
  if (doctorId !== hold.doctorId) {
    return { code: 'INVALID_INPUT', message: "The hold is on another doctor's time.", field };
  }
  const isWithin =
    dateTime >= hold.dateTime && endOf(dateTime, duration) <= endOf(hold.dateTime, hold.duration);
  return isWithin ? null : { code: 'INVALID_INPUT', message: 'The time is not within the held one.', field };
}
