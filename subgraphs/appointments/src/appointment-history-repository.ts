import { statusMapping, type Appointment } from './appointment.js';
import type { Database, Transaction } from './database.js';
import type { AppointmentStatus } from './generated/graphql.js';
import type { UserReference } from './references.js';
import type { Moments } from './transition-rules.js';

/** A step of an appointment: a row of `appointment_transitions`, or its booking (from null). */
export interface AppointmentTransition {
  readonly from: AppointmentStatus | null;
  readonly to: AppointmentStatus;
  readonly at: Date;
  /** Null where it is not known, as of changes past the service. */
  readonly by: UserReference | null;
  readonly reason: string | null;
}

/** The only place that knows how histories are kept. The database writes them itself. */
export type AppointmentHistoryRepository = ReturnType<typeof createAppointmentHistoryRepository>;

/** `clinicTimeZone` is that of the doctors who have not been given one. */
export function createAppointmentHistoryRepository(database: Database, clinicTimeZone: string) {
  return {
    /** What came after the booking of these appointments, in the same order; in each, the oldest step first. */
    async findMany(appointmentIds: readonly number[]): Promise<AppointmentTransition[][]> {
      const rows = await database.$queryRaw<TransitionRow[]>`
        SELECT appointment_id AS "appointmentId", from_status AS "from", to_status AS "to", changed_at AS "at",
          changed_by AS "by", reason
        FROM appointment_transitions WHERE appointment_id = ANY(${[...appointmentIds]}::integer[])
        ORDER BY appointment_id, id`;
      const histories = new Map<number, AppointmentTransition[]>(appointmentIds.map((id) => [id, []]));
      for (const row of rows) histories.get(row.appointmentId)?.push(toTransition(row));
      return appointmentIds.map((id) => histories.get(id) ?? []);
    },

    /**
     * What the time rules need to know of an appointment whose row is locked. By the clock of the database, not of this
     * process: it is the one clock that all processes of the service have, and the one that the history goes by.
     */
    async findMoments(
      transaction: Transaction,
      { id, doctorId }: Pick<Appointment, 'id' | 'doctorId'>,
    ): Promise<Moments> {
      const [row] = await transaction.$queryRaw<(Omit<Moments, 'timeZone'> & { timeZone: string | null })[]>`
        SELECT clock_timestamp() AT TIME ZONE 'UTC' AS now,
          (SELECT time_zone FROM doctor_calendars WHERE doctor_id = ${doctorId}) AS "timeZone",
          (SELECT max(changed_at) FROM appointment_transitions
           WHERE appointment_id = ${id} AND to_status = ${statusMapping.toColumn('IN_PROGRESS')}) AS "startedAt"`;
      if (row === undefined) throw new Error('A clock always tells the time.');
      return { ...row, timeZone: row.timeZone ?? clinicTimeZone };
    },
  };
}

interface TransitionRow {
  readonly appointmentId: number;
  readonly from: string;
  readonly to: string;
  readonly at: Date;
  readonly by: number | null;
  readonly reason: string | null;
}

function toTransition({ from, to, at, by, reason }: TransitionRow): AppointmentTransition {
  return {
    from: statusMapping.fromColumn(from),
    to: statusMapping.fromColumn(to),
    at,
    by: by === null ? null : { id: by },
    reason,
  };
}
