import type { FieldCipher } from '@caregraph/encryption';
import { statusMapping, typeMapping, type Appointment } from './appointment.js';
import { appointmentColumns, placeOfNotes, toAppointment } from './appointment-row.js';
import type { BookingRequest } from './booking-request.js';
import type { Database, Transaction } from './database.js';
import type { TakenTime } from './database-errors.js';
import { Prisma, type Appointment as AppointmentRow } from './generated/prisma/client.js';
import type { Participants } from './participants.js';
import { heldRange, isHeld, isLive, rangeWithBuffers } from './slot-hold-statement.js';
import type { Interval } from './working-time.js';

/** An appointment that is to be booked. */
export type NewAppointment = Pick<
  Appointment,
  'patientId' | 'doctorId' | 'dateTime' | 'duration' | 'type' | 'reason' | 'createdBy'
> & {
  readonly notes: string | null;
  /** The hold under which it is booked, which is not in its way. */
  readonly holdId: number | null;
};

/** A time that somebody wants of a doctor, and of a patient where there is one. */
type WantedTime = Pick<NewAppointment, 'doctorId' | 'dateTime' | 'duration' | 'type'> &
  Partial<Pick<NewAppointment, 'patientId' | 'holdId'>>;

/** What booking needs of appointments, whoever asks: what a viewer may not know of is in the way all the same. */
export type BookingRepository = ReturnType<typeof createBookingRepository>;

export function createBookingRepository(database: Database, cipher: Pick<FieldCipher, 'encrypt'>) {
  /** Whose time is taken or held then; the doctor's if both are, and null if neither is. */
  async function findConflict(
    wanted: WantedTime,
    transaction: Transaction = database,
  ): Promise<TakenTime | null> {
    const { patientId = null, doctorId, dateTime, duration, holdId } = wanted;
    const ofPatient = Prisma.sql`tsrange(${dateTime}::timestamp,
      ${dateTime}::timestamp + ${duration} * interval '1 minute', '[)')`;
    const [taken] = await transaction.$queryRaw<{ doctor: boolean; patient: boolean }[]>`
      SELECT EXISTS (SELECT FROM appointments
          WHERE doctor_id = ${doctorId} AND ${occupies} AND ${timeRange} && ${rangeWithBuffers(wanted)})
        OR ${isHeld(doctorId, wanted, holdId)} AS doctor,
        EXISTS (SELECT FROM appointments
          WHERE patient_id = ${patientId}::integer AND ${occupies} AND ${timeRange} && ${ofPatient}) AS patient`;
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

    /**
     * Books, unless the doctor or the patient has another appointment then, or somebody holds the doctor's time: under
     * the doctor's lock, nobody begins to meanwhile. `ON CONFLICT` makes PostgreSQL take the row back before it waits
     * for another writer's: with a plain INSERT, two rows that are written at once without our locks (with psql, say)
     * wait for each other, and one ends as a deadlock.
     */
    async insert(
      transaction: Transaction,
      id: number,
      appointment: NewAppointment,
    ): Promise<Appointment | TakenTime> {
      const { patientId, doctorId, dateTime, duration, type, reason, notes, createdBy, holdId } = appointment;
      const storedNotes = notes === null ? null : cipher.encrypt(notes, placeOfNotes(id));
      for (let attempt = 1; attempt <= insertAttempts; attempt += 1) {
        const [row] = await transaction.$queryRaw<AppointmentRow[]>`
          INSERT INTO appointments
            (id, patient_id, doctor_id, date_time, duration, type, status, reason, notes, created_by)
          SELECT ${id}::integer, ${patientId}::integer, ${doctorId}::integer, ${dateTime}::timestamp,
            ${duration}::integer, ${typeMapping.toColumn(type)}, ${statusMapping.toColumn('SCHEDULED')}, ${reason},
            ${storedNotes}, ${createdBy}::integer
          WHERE NOT ${isHeld(doctorId, appointment, holdId)}
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
     * Moves an appointment under its doctor's lock; null when somebody holds that time. Fails, as `takenTime` tells,
     * when the doctor or the patient has another appointment then.
     */
    async move(
      transaction: Transaction,
      { id, doctorId, type }: Pick<Appointment, 'id' | 'doctorId' | 'type'>,
      { dateTime, duration }: Pick<Appointment, 'dateTime' | 'duration'>,
    ): Promise<Appointment | null> {
      const [row] = await transaction.$queryRaw<AppointmentRow[]>`
        UPDATE appointments SET date_time = ${dateTime}::timestamp, duration = ${duration}::integer
        WHERE id = ${id} AND NOT ${isHeld(doctorId, { dateTime, duration, type })}
        RETURNING ${appointmentColumns}`;
      return row === undefined ? null : toAppointment(row);
    },

    /** When the doctor's time is taken or held within `range`, buffers included. */
    async findTaken(doctorId: number, { start, end }: Interval): Promise<Interval[]> {
      const searched = Prisma.sql`tsrange(${new Date(start)}::timestamp, ${new Date(end)}::timestamp, '[)')`;
      const rows = await database.$queryRaw<{ dateTime: Date; endsAt: Date }[]>`
        SELECT lower(taken) AS "dateTime", upper(taken) AS "endsAt" FROM (
          SELECT ${timeRange} FROM appointments
          WHERE doctor_id = ${doctorId} AND ${occupies} AND ${timeRange} && ${searched}
          UNION ALL
          SELECT ${heldRange} FROM slot_holds
          WHERE doctor_id = ${doctorId} AND ${isLive} AND ${heldRange} && ${searched}
        ) AS busy (taken)`;
      return rows.map(({ dateTime, endsAt }) => ({ start: dateTime.getTime(), end: endsAt.getTime() }));
    },
  };
}

/** For whom, and under which client's key, nobody else may book meanwhile. */
interface Held extends Partial<Participants> {
  readonly doctorId: number;
  readonly request?: BookingRequest | null;
  /** The user whose holds are counted. */
  readonly holderId?: number;
}

/**
 * Expressions that take the locks, always in the same order, so that none waits for one that waits for it. As text:
 * what they return, PostgreSQL's nothing, is no value that Prisma reads.
 */
function locksOf({ doctorId, patientId, request, holderId }: Held): Prisma.Sql[] {
  const keyOf = ({ createdBy, idempotencyKey }: BookingRequest): Prisma.Sql =>
    Prisma.sql`${lockClasses.key}::integer, hashtext(${`${createdBy} ${idempotencyKey}`})`;
  const keys = [
    ...(request == null ? [] : [keyOf(request)]),
    Prisma.sql`${lockClasses.doctor}::integer, ${doctorId}::integer`,
    ...(patientId === undefined ? [] : [Prisma.sql`${lockClasses.patient}::integer, ${patientId}::integer`]),
    ...(holderId === undefined ? [] : [Prisma.sql`${lockClasses.holder}::integer, ${holderId}::integer`]),
  ];
  return keys.map((key) => Prisma.sql`pg_advisory_xact_lock(${key})::text`);
}

/** How often an appointment that is in the way may be called off while another one is booked. */
const insertAttempts = 10;

/** The first of the two keys of our advisory locks, which keeps ids of different kinds apart. */
export const lockClasses = { key: 1, doctor: 2, patient: 3, holder: 4 };

/** As the exclusion constraints have it, word for word, so that their indexes serve. */
const occupies = Prisma.sql`is_active IS NOT FALSE AND status IN ('scheduled', 'confirmed', 'in-progress')`;
const timeRange = Prisma.sql`tsrange(date_time, date_time + duration * interval '1 minute', '[)')`;
