import type { AppointmentError } from './appointment.js';
import type { AppointmentType } from './generated/graphql.js';

/** The minutes before and after an appointment in which the doctor is not free for others. */
export interface Buffers {
  readonly bufferBefore: number;
  readonly bufferAfter: number;
}

/** What a type of appointment needs. */
export interface AppointmentTypeRule extends Buffers {
  readonly type: AppointmentType;
  /** How many minutes before it begins it has to be booked. */
  readonly minimumNotice: number;
}

/** What setting a rule answers: the rule, or why not. */
export interface AppointmentTypeRuleOutcome {
  readonly appointmentTypeRule: AppointmentTypeRule | null;
  readonly userErrors: readonly AppointmentError[];
}

/** What is kept to where no type is named. */
export const noRule: Omit<AppointmentTypeRule, 'type'> = {
  bufferBefore: 0,
  bufferAfter: 0,
  minimumNotice: 0,
};
