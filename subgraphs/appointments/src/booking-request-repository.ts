import { readText, type FieldCipher } from '@caregraph/encryption';
import type { Appointment } from './appointment.js';
import { appointmentColumns, toAppointment } from './appointment-row.js';
import type { BookingRequest } from './booking-request.js';
import type { Database, Transaction } from './database.js';
import type { Appointment as AppointmentRow } from './generated/prisma/client.js';

/** The appointment that a key was used for before, and whether that was with the same input. */
export interface RepeatedBooking {
  readonly appointment: Appointment;
  readonly isSame: boolean;
}

/** The only place that knows how clients' keys are kept. */
export type BookingRequestRepository = ReturnType<typeof createBookingRequestRepository>;

export function createBookingRequestRepository(database: Database, cipher: Pick<FieldCipher, 'decrypt'>) {
  /** Notes that were changed after the booking cannot be compared any more, and are taken to have been the same. */
  async function hadNotes({ version, notes }: Appointment, expected: string | null): Promise<boolean> {
    return version > 1 || (await readText(cipher, notes)) === expected;
  }

  return {
    /** What the key was used for before; null when it was not. */
    async find(
      { createdBy, idempotencyKey, digest, notes }: BookingRequest,
      transaction: Transaction = database,
    ): Promise<RepeatedBooking | null> {
      const [row] = await transaction.$queryRaw<(AppointmentRow & { isSame: boolean })[]>`
        SELECT ${appointmentColumns}, request_digest = ${digest} AS "isSame"
        FROM booking_requests JOIN appointments ON appointments.id = appointment_id
        WHERE booking_requests.created_by = ${createdBy} AND idempotency_key = ${idempotencyKey}`;
      if (row === undefined) return null;
      const appointment = toAppointment(row);
      return { appointment, isSame: row.isSame && (await hadNotes(appointment, notes)) };
    },

    /** Remembers what the key was used for. */
    async insert(
      transaction: Transaction,
      { createdBy, idempotencyKey, digest }: BookingRequest,
      appointmentId: number,
    ): Promise<void> {
      await transaction.bookingRequest.create({
        data: { createdBy, idempotencyKey, requestDigest: digest, appointmentId },
      });
    },
  };
}
