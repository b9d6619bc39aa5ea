import type { AppointmentStatus } from './generated/graphql.js';

/**
 * The spec's "Appointment Status Flow": what each status can pass to. Completed appointments stay so, and a patient
 * who neither cancelled in time nor came may be recorded as a no-show afterwards.
 */
const transitions: Readonly<Record<AppointmentStatus, readonly AppointmentStatus[]>> = {
  SCHEDULED: ['CONFIRMED', 'CANCELLED', 'NO_SHOW'],
  CONFIRMED: ['IN_PROGRESS', 'CANCELLED', 'NO_SHOW'],
  IN_PROGRESS: ['COMPLETED', 'CANCELLED'],
  COMPLETED: [],
  CANCELLED: ['NO_SHOW'],
  NO_SHOW: [],
};

/** Every status. */
export const appointmentStatuses = Object.keys(transitions) as readonly AppointmentStatus[];

/** The statuses in which an appointment can be moved to another time. */
export const movableStatuses = ['SCHEDULED', 'CONFIRMED'] as const;

/** The statuses from which an appointment can pass to `target`. */
export function statusesBefore(target: AppointmentStatus): readonly AppointmentStatus[] {
  return appointmentStatuses.filter((status) => transitions[status].includes(target));
}
