import type { AppointmentError } from './appointment.js';
import type { Buffers } from './appointment-type-rule.js';
import type { AppointmentType } from './generated/graphql.js';

/** A doctor's time that somebody keeps free until it is booked, given up, or has expired. It names no patient. */
export interface SlotHold {
  readonly id: number;
  readonly doctorId: number;
  readonly dateTime: Date;
  /** In minutes. */
  readonly duration: number;
  readonly type: AppointmentType;
  readonly expiresAt: Date;
}

/** A time that is to be held. */
export interface NewSlotHold extends Omit<SlotHold, 'id' | 'expiresAt'>, Buffers {
  readonly createdBy: number;
  /** For how long it is held. */
  readonly minutes: number;
}

/** What holding a time, or giving it up, answers: the hold, or why not. */
export interface SlotHoldOutcome {
  readonly slotHold: SlotHold | null;
  readonly userErrors: readonly AppointmentError[];
}

/** How many times one user may hold at once: enough for a family's visits, too few to close a clinic. */
export const mostLiveHolds = 20;
