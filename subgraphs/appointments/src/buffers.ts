import type { AppointmentType } from './generated/graphql.js';

/** The minutes before and after an appointment that are kept clear of the doctor's others. */
export interface Buffers {
  readonly bufferBefore: number;
  readonly bufferAfter: number;
}

/** The buffers of an appointment of this type: there are none yet. */
export function buffersOf(_type: AppointmentType): Buffers {
  return { bufferBefore: 0, bufferAfter: 0 };
}
