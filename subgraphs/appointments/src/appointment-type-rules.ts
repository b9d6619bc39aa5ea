import type { AppointmentType } from './generated/graphql.js';

/** What booking keeps to for one type of appointments; all in minutes. */
export interface AppointmentTypeRule {
  readonly type: AppointmentType;
  /** How long before an appointment the doctor's time is kept clear. */
  readonly bufferBefore: number;
  /** How long after it. */
  readonly bufferAfter: number;
  /** How long before it begins an appointment has to be booked at the latest. */
  readonly minimumNotice: number;
}

/** What is kept to where no type is named. */
export const noRule: Omit<AppointmentTypeRule, 'type'> = {
  bufferBefore: 0,
  bufferAfter: 0,
  minimumNotice: 0,
};
