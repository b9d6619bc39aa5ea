import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { bookAppointmentInput } from './appointment-input.js';

/** A booking under a client's key: the same viewer, key, digest and notes mean the same appointment. */
export interface BookingRequest {
  readonly createdBy: number;
  readonly idempotencyKey: string;
  /** Of the input but for the notes, which stand nowhere in clear: out of a digest, short ones could be guessed. */
  readonly digest: Uint8Array<ArrayBuffer>;
  readonly notes: string | null;
}

/** The request of a booking; null where the client gave no key. */
export function toBookingRequest(
  createdBy: number,
  { idempotencyKey, notes, holdId, override, ...input }: z.output<typeof bookAppointmentInput>,
): BookingRequest | null {
  if (idempotencyKey === null) return null;
  // The schema puts the fields in one order, whatever order the client sent them in. Notes keep a place, with nothing
  // in it, so that a booking without any has the digest that it had before they were left out. Holds and overrides have
  // one only where they are named: bookings without had their digests before there were any.
  const named = { ...(holdId !== null && { holdId }), ...(override !== null && { override }) };
  const digest = createHash('sha256')
    .update(JSON.stringify({ ...input, notes: null, ...named }))
    .digest();
  return { createdBy, idempotencyKey, digest: new Uint8Array(digest), notes };
}
