import type { FieldCipher } from '@caregraph/encryption';
import { statusMapping, typeMapping, type Appointment } from './appointment.js';
import { appointmentColumns, placeOfNotes, toAppointment } from './appointment-row.js';
import type { BookingRequest } from './booking-request.js';
import type { Database, Transaction } from './database.js';
import type { TakenTime } from './database-errors.js';
import { Prisma, type Appointment as AppointmentRow } from './generated/prisma/client.js';
import type { Interval } from './interval.js';
import type { Participants } from './participants.js';

/** An appointment that is to be booked. */
export type NewAppointment = Pick<
  Appointment,
  'patientId' | 'doctorId' | 'dateTime' | 'duration' | 'type' | 'reason' | 'createdBy'
> & { readonly notes: string | null };

/** What booking needs of appointments, whoever asks: what a viewer may not know of is in the way all the same. */
export type BookingRepository = ReturnType<typeof createBookingRepository>;

export function createBookingRepository(database: Database, cipher: Pick<FieldCipher, 'encrypt'>) {
  /** Whose time is taken then; the doctor's if both are, and null if neither is. */
  async function findConflict(
    { patientId, doctorId, dateTime, duration }: NewAppointment,
    transaction: Transaction = database,
  ): Promise<TakenTime | null> {
    const overlaps = Prisma.sql`${occupies} AND ${timeRange}
      && tsrange(${dateTime}::timestamp, ${dateTime}::timestamp + ${duration} * interval '1 minute', '[)')`;
    const [taken] = await transaction.$queryRaw<{ doctor: boolean; patient: boolean }[]>`
      SELECT EXISTS (SELECT FROM appointments WHERE doctor_id = ${doctorId} AND ${overlaps}) AS doctor,
        EXISTS (SELECT FROM appointments WHERE patient_id = ${patientId} AND ${overlaps}) AS patient`;
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
     * Books, unless the doctor or the patient has another appointment then. `ON CONFLICT` makes PostgreSQL take the
     * row back before it waits for another writer's: with a plain INSERT, two rows that are written at once without
     * our locks (with psql, say) wait for each other, and one ends as a deadlock.
     */
    async insert(
      transaction: Transaction,
      id: number,
      appointment: NewAppointment,
    ): Promise<Appointment | TakenTime> {
      const { patientId, doctorId, dateTime, duration, type, reason, notes, createdBy } = appointment;
      const storedNotes = notes === null ? null : cipher.encrypt(notes, placeOfNotes(id));
      for (let attempt = 1; attempt <= insertAttempts; attempt += 1) {
        const [row] = await transaction.$queryRaw<AppointmentRow[]>`
          INSERT INTO appointments
            (id, patient_id, doctor_id, date_time, duration, type, status, reason, notes, created_by)
          VALUES (${id}, ${patientId}, ${doctorId}, ${dateTime}::timestamp, ${duration}, ${typeMapping.toColumn(type)},
            ${statusMapping.toColumn('SCHEDULED')}, ${reason}, ${storedNotes}, ${createdBy})
          ON CONFLICT DO NOTHING RETURNING ${appointmentColumns}`;
        if (row !== undefined) return toAppointment(row);
        const conflict = await findConflict(appointment, transaction);
        if (conflict !== null) return conflict;
        // The other appointment was called off between the two statements.
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

    /** Fails, as `takenTime` tells, when the doctor or the patient has another appointment at that time. */
    async move(
      transaction: Transaction,
      id: number,
      { dateTime, duration }: Pick<Appointment, 'dateTime' | 'duration'>,
    ): Promise<Appointment> {
      return toAppointment(
        await transaction.appointment.update({ where: { id }, data: { dateTime, duration } }),
      );
    },

    /** When the time of each of these doctors is taken within `range`. */
    async findTaken(
      doctorIds: readonly number[],
      { start, end }: Interval,
    ): Promise<ReadonlyMap<number, Interval[]>> {
      const rows = await database.$queryRaw<{ doctorId: number; dateTime: Date; endsAt: Date }[]>`
        SELECT doctor_id AS "doctorId", date_time AS "dateTime",
          date_time + duration * interval '1 minute' AS "endsAt"
        FROM unnest(${[...doctorIds]}::integer[]) AS doctor (id) JOIN appointments ON doctor_id = doctor.id
        WHERE ${occupies}
          AND ${timeRange} && tsrange(${new Date(start)}::timestamp, ${new Date(end)}::timestamp, '[)')`;
      const taken = new Map<number, Interval[]>(doctorIds.map((id) => [id, []]));
      for (const { doctorId, dateTime, endsAt } of rows) {
        taken.get(doctorId)?.push({ start: dateTime.getTime(), end: endsAt.getTime() });
      }
      return taken;
    },
  };
}

/** For whom, and under which client's key, nobody else may book meanwhile. */
interface Held extends Partial<Participants> {
  readonly doctorId: number;
  readonly request?: BookingRequest | null;
}

/**
 * Expressions that take the locks, always in the same order, so that none waits for one that waits for it: the clinic's,
 * which all share who change nothing about the whole of it, before the others. As text:
 * what they return, PostgreSQL's nothing, is no value that Prisma reads.
 */
function locksOf({ doctorId, patientId, request }: Held): Prisma.Sql[] {
  const keyOf = ({ createdBy, idempotencyKey }: BookingRequest): Prisma.Sql =>
    Prisma.sql`${lockClasses.key}::integer, hashtext(${`${createdBy} ${idempotencyKey}`})`;
  const keys = [
    ...(request == null ? [] : [keyOf(request)]),
    Prisma.sql`${lockClasses.doctor}::integer, ${doctorId}::integer`,
    ...(patientId === undefined ? [] : [Prisma.sql`${lockClasses.patient}::integer, ${patientId}::integer`]),
  ];
  return [
    Prisma.sql`pg_advisory_xact_lock_shared(${clinic})::text`,
    ...keys.map((key) => Prisma.sql`pg_advisory_xact_lock(${key})::text`),
  ];
}

/**
 * Begins a transaction of `transact` that is about every doctor: waits until no other one books or changes a schedule,
 * and keeps all of them waiting until this one ends.
 */
export async function lockClinic(transaction: Transaction, whoActs: Prisma.Sql): Promise<void> {
  await transaction.$executeRaw`SELECT ${whoActs}, pg_advisory_xact_lock(${clinic})::text`;
}

/** How often an appointment that is in the way may be called off while another one is booked. */
const insertAttempts = 10;

/** The first of the two keys of our advisory locks, which keeps ids of different kinds apart. */
const lockClasses = { key: 1, doctor: 2, patient: 3, clinic: 4 };

/** The one lock of its class. */
const clinic = Prisma.sql`${lockClasses.clinic}::integer, 0`;

/** As the exclusion constraints have it, word for word, so that their indexes serve. */
const occupies = Prisma.sql`is_active IS NOT FALSE AND status IN ('scheduled', 'confirmed', 'in-progress')`;
const timeRange = Prisma.sql`tsrange(date_time, date_time + duration * interval '1 minute', '[)')`;
