import { policy, type Rule } from '@caregraph/access-policy';
import type { AppointmentStatus } from './generated/graphql.js';

/**
 * From when on a transition can be made: at any time, when the appointment's time has come, from the beginning of its
 * day on (on the clocks of the doctor), or since it was started.
 */
export type TimeRule = 'any-time' | 'once-due' | 'from-its-day-on' | 'once-started';

/** One way from one status to another: who may take it, and from when on. */
export interface Transition {
  readonly from: AppointmentStatus;
  readonly to: AppointmentStatus;
  readonly may: Rule;
  readonly when: TimeRule;
}

const { mutate, transition } = policy;

/**
 * The spec's "Appointment Status Flow": there is no other way. Completed appointments stay so, and a patient who
 * neither cancelled in time nor came may be recorded as a no-show afterwards.
 */
export const transitions: readonly Transition[] = [
  { from: 'SCHEDULED', to: 'CONFIRMED', may: mutate.confirmAppointment, when: 'any-time' },
  { from: 'SCHEDULED', to: 'CANCELLED', may: mutate.cancelAppointment, when: 'any-time' },
  { from: 'SCHEDULED', to: 'NO_SHOW', may: mutate.markAppointmentNoShow, when: 'once-due' },
  { from: 'CONFIRMED', to: 'IN_PROGRESS', may: mutate.startAppointment, when: 'from-its-day-on' },
  { from: 'CONFIRMED', to: 'CANCELLED', may: mutate.cancelAppointment, when: 'any-time' },
  { from: 'CONFIRMED', to: 'NO_SHOW', may: mutate.markAppointmentNoShow, when: 'once-due' },
  { from: 'IN_PROGRESS', to: 'COMPLETED', may: mutate.completeAppointment, when: 'once-started' },
  { from: 'IN_PROGRESS', to: 'CANCELLED', may: mutate.cancelAppointment, when: 'any-time' },
  { from: 'CANCELLED', to: 'NO_SHOW', may: transition.cancelledToNoShow, when: 'once-due' },
];

/** Every status. */
export const appointmentStatuses = [
  'SCHEDULED',
  'CONFIRMED',
  'IN_PROGRESS',
  'COMPLETED',
  'CANCELLED',
  'NO_SHOW',
] as const satisfies readonly AppointmentStatus[];

/** The statuses in which an appointment can be moved to another time. */
export const movableStatuses = ['SCHEDULED', 'CONFIRMED'] as const;
