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

export function createBookingRequestRepository(database: Database) {
  return {
    /** What the key was used for before; null when it was not. */
    async find(
      { createdBy, idempotencyKey, digest }: BookingRequest,
      transaction: Transaction = database,
    ): Promise<RepeatedBooking | null> {
      const [row] = await transaction.$queryRaw<(AppointmentRow & { isSame: boolean })[]>`
        SELECT ${appointmentColumns}, request_digest = ${digest} AS "isSame"
        FROM booking_requests JOIN appointments ON appointments.id = appointment_id
        WHERE booking_requests.created_by = ${createdBy} AND idempotency_key = ${idempotencyKey}`;
      return row === undefined ? null : { appointment: toAppointment(row), isSame: row.isSame };
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
