import type { FieldCipher } from '@caregraph/encryption';
import { statusMapping, typeMapping, type Appointment } from './appointment.js';
import { appointmentColumns, placeOfNotes, toAppointment } from './appointment-row.js';
import type { Buffers } from './appointment-type-rule.js';
import { locksOf, type Held } from './booking-locks.js';
import type { BookingOverride } from './booking-override.js';
import type { BookingRequest } from './booking-request.js';
import type { Database, Transaction } from './database.js';
import type { TakenTime } from './database-errors.js';
import { Prisma, type Appointment as AppointmentRow } from './generated/prisma/client.js';
import type { Interval } from './interval.js';
import type { Participants } from './participants.js';
import { isHeld, type BufferedTime } from './slot-hold-statement.js';
import { doctorIsTaken, patientIsTaken, takenTimes } from './taken-time-statement.js';

/** An appointment that is to be booked. */
export type NewAppointment = Pick<
  Appointment,
  'patientId' | 'doctorId' | 'dateTime' | 'duration' | 'type' | 'reason' | 'createdBy' | 'override'
> &
  Buffers & {
    readonly notes: string | null;
    /** The hold under which it is booked, which is not in its way. */
    readonly holdId: number | null;
  };

/** A time that somebody wants of a doctor, and of a patient where there is one. */
type WantedTime = BufferedTime &
  Pick<NewAppointment, 'doctorId'> &
  Partial<Pick<NewAppointment, 'patientId' | 'holdId' | 'override'>>;

/** What booking needs of appointments, whoever asks: what a viewer may not know of is in the way all the same. */
export type BookingRepository = ReturnType<typeof createBookingRepository>;

export function createBookingRepository(database: Database, cipher: Pick<FieldCipher, 'encrypt'>) {
  /** Whose time is taken or held then; the doctor's if both are, null if neither is, or it is waived. */
  async function findConflict(
    wanted: WantedTime,
    transaction: Transaction = database,
  ): Promise<TakenTime | null> {
    const { patientId, doctorId, holdId, override } = wanted;
    const [taken] = await transaction.$queryRaw<{ doctor: boolean; patient: boolean }[]>`
      SELECT ${
        override?.doctorOverlap === true
          ? Prisma.sql`false`
          : Prisma.sql`${doctorIsTaken(doctorId, wanted)} OR ${isHeld(doctorId, wanted, holdId)}`
      } AS doctor, ${
        override?.patientOverlap === true || patientId === undefined
          ? Prisma.sql`false`
          : patientIsTaken(patientId, wanted)
      } AS patient`;
    if (taken?.doctor === true) return 'doctor';
    return taken?.patient === true ? 'patient' : null;
  }

  return {
    /**
     * Begins a transaction of `transact`: waits until no other one books for this doctor or patient, and keeps others
     * waiting until this one ends.
     */
    async lock(transaction: Transaction, whoActs: Prisma.Sql, held: Held): Promise<void> {
      await transaction.$executeRaw`SELECT ${whoActs}, ${Prisma.join(locksOf(held))}`;
    },

    /**
     * Does so for a booking, under its client's key if there is one, and returns the id that the appointment will
     * have: its notes are bound to that before they are stored.
     */
    async lockAndReserve(
      transaction: Transaction,
      whoActs: Prisma.Sql,
      held: Participants & { readonly request: BookingRequest | null },
    ): Promise<number> {
      const [reserved] = await transaction.$queryRaw<{ id: number }[]>`
        SELECT ${whoActs}, ${Prisma.join(locksOf(held))}, nextval('appointments_id_seq')::integer AS id`;
      if (reserved === undefined) throw new Error('A sequence always has a next number.');
      return reserved.id;
    },

    findConflict,

    /** Whether somebody holds that time of the doctor's. */
    async isHeld(
      transaction: Transaction,
      time: BufferedTime & Pick<Appointment, 'doctorId'>,
    ): Promise<boolean> {
      const [found] = await transaction.$queryRaw<{ held: boolean }[]>`
        SELECT ${isHeld(time.doctorId, time)} AS held`;
      return found?.held === true;
    },

    /**
     * Books, unless the doctor or the patient has another appointment then, or somebody holds the doctor's time: under
     * the doctor's lock, nobody begins to meanwhile. `ON CONFLICT` makes PostgreSQL take the row back before it waits
     * for another writer's: with a plain INSERT, two rows that are written at once without our locks (with psql, say)
     * wait for each other, and one ends as a deadlock. What an exempt appointment has taken, PostgreSQL refuses as
     * `takenTime` tells.
     */
    async insert(
      transaction: Transaction,
      id: number,
      appointment: NewAppointment,
    ): Promise<Appointment | TakenTime> {
      const { patientId, doctorId, dateTime, duration, type, reason, notes, createdBy } = appointment;
      const { bufferBefore, bufferAfter, override } = appointment;
      const storedNotes = notes === null ? null : cipher.encrypt(notes, placeOfNotes(id));
      for (let attempt = 1; attempt <= insertAttempts; attempt += 1) {
        const [row] = await transaction.$queryRaw<AppointmentRow[]>`
          INSERT INTO appointments (id, patient_id, doctor_id, date_time, duration, type, status, reason, notes,
            created_by, buffer_before, buffer_after,
            overrides_schedule, overrides_doctor_overlap, overrides_patient_overlap, override_reason)
          SELECT ${id}::integer, ${patientId}::integer, ${doctorId}::integer, ${dateTime}::timestamp,
            ${duration}::integer, ${typeMapping.toColumn(type)}, ${statusMapping.toColumn('SCHEDULED')}, ${reason},
            ${storedNotes}, ${createdBy}::integer, ${bufferBefore}::integer, ${bufferAfter}::integer,
            ${waivers(override)}
          WHERE ${isUnheld(doctorId, appointment)}
          ON CONFLICT DO NOTHING RETURNING ${appointmentColumns}`;
        if (row !== undefined) return toAppointment(row);
        const conflict = await findConflict(appointment, transaction);
        if (conflict !== null) return conflict;
        // The other appointment was called off, or the hold expired, between the two statements.
      }
      throw new Error('An appointment could be neither booked nor found to be in the way.');
    },

    /** The appointment as it is now, and stays until the transaction ends. */
    async lockAppointment(transaction: Transaction, id: number): Promise<Appointment> {
      const [row] = await transaction.$queryRaw<AppointmentRow[]>`
        SELECT ${appointmentColumns} FROM appointments WHERE id = ${id} FOR UPDATE`;
      if (row === undefined) throw new Error(`Appointment ${id} has been deleted.`);
      return toAppointment(row);
    },

    /**
     * Moves an appointment under its doctor's lock, and gives up what was waived for the time that it had; null when
     * somebody holds the new one. Fails, as `takenTime` tells, when the doctor or the patient has another one then.
     */
    async move(
      transaction: Transaction,
      { id, doctorId }: Pick<Appointment, 'id' | 'doctorId'>,
      time: BufferedTime & Pick<Appointment, 'override'>,
    ): Promise<Appointment | null> {
      const { dateTime, duration, bufferBefore, bufferAfter, override } = time;
      const [row] = await transaction.$queryRaw<AppointmentRow[]>`
        UPDATE appointments SET date_time = ${dateTime}::timestamp, duration = ${duration}::integer,
          buffer_before = ${bufferBefore}::integer, buffer_after = ${bufferAfter}::integer,
          (overrides_schedule, overrides_doctor_overlap, overrides_patient_overlap, override_reason)
            = ROW(${waivers(override)})
        WHERE id = ${id} AND ${isUnheld(doctorId, time)}
        RETURNING ${appointmentColumns}`;
      return row === undefined ? null : toAppointment(row);
    },

    /** When each of these doctors' time is taken or held within `range`, buffers included. */
    async findTaken(
      doctorIds: readonly number[],
      range: Interval,
    ): Promise<ReadonlyMap<number, readonly Interval[]>> {
      const rows = await database.$queryRaw<{ doctorId: number; startsAt: Date; endsAt: Date }[]>`
        ${takenTimes(doctorIds, range)}`;
      const taken = new Map<number, Interval[]>(doctorIds.map((id) => [id, []]));
      for (const { doctorId, startsAt, endsAt } of rows) {
        taken.get(doctorId)?.push({ start: startsAt.getTime(), end: endsAt.getTime() });
      }
      return taken;
    },
  };
}

/** An expression that is true unless a hold on the doctor's time is in the way, and that is not waived. */
function isUnheld(
  doctorId: number,
  time: BufferedTime & Pick<NewAppointment, 'override'> & Partial<Pick<NewAppointment, 'holdId'>>,
): Prisma.Sql {
  return time.override?.doctorOverlap === true
    ? Prisma.sql`true`
    : Prisma.sql`NOT ${isHeld(doctorId, time, time.holdId)}`;
}

/** The values of the four columns that keep an override. */
function waivers(override: BookingOverride | null): Prisma.Sql {
  return Prisma.sql`${override?.outsideSchedule ?? false}::boolean, ${override?.doctorOverlap ?? false}::boolean,
    ${override?.patientOverlap ?? false}::boolean, ${override?.reason ?? null}::text`;
}

/** How often an appointment that is in the way may be called off while another one is booked. */
const insertAttempts = 10;
