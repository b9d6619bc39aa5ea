import type { Appointment } from './appointment.js';
import type { Buffers } from './appointment-type-rule.js';
import { Prisma } from './generated/prisma/client.js';

/** Whether a hold lasts yet: by the database's clock as it is now, since its transaction may have waited for a lock. */
export const isLive = Prisma.sql`expires_at > clock_timestamp() AT TIME ZONE 'UTC'`;

/** As the exclusion constraint has it, word for word, so that its index serves. */
export const heldRange = Prisma.sql`tsrange(date_time - buffer_before * interval '1 minute',
  date_time + (duration + buffer_after) * interval '1 minute', '[)')`;

/** A time, and what is to be kept clear around it. */
export type BufferedTime = Pick<Appointment, 'dateTime' | 'duration'> & Buffers;

/** The time of an appointment or a hold with its buffers. */
export function rangeWithBuffers({
  dateTime,
  duration,
  bufferBefore,
  bufferAfter,
}: BufferedTime): Prisma.Sql {
  return Prisma.sql`tsrange(${dateTime}::timestamp - ${bufferBefore}::integer * interval '1 minute',
    ${dateTime}::timestamp + ${duration + bufferAfter}::integer * interval '1 minute', '[)')`;
}

/** An expression that is true where a live hold on the doctor's time, other than `ownHoldId`, is in the way. */
export function isHeld(doctorId: number, time: BufferedTime, ownHoldId: number | null = null): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT FROM slot_holds WHERE slot_holds.doctor_id = ${doctorId}::integer
    AND ${heldRange} && ${rangeWithBuffers(time)} AND ${isLive}
    AND slot_holds.id IS DISTINCT FROM ${ownHoldId}::integer)`;
}
