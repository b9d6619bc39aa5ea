import type { Database, Transaction } from './database.js';
import { Prisma } from './generated/prisma/client.js';
import type { Interval } from './interval.js';
import {
  exceptionColumns,
  exceptionsAsJson,
  toException,
  type ExceptionRow,
} from './schedule-exception-row.js';
import {
  exceptionKindMapping,
  type ExceptionTime,
  type NewScheduleException,
  type ScheduleException,
} from './schedule-exception.js';

/** Dates from the first to the last, both included, as `YYYY-MM-DD`. */
export type Dates = Pick<ExceptionTime, 'firstDate' | 'lastDate'>;

/** An appointment that takes time of a doctor. */
export interface BookedTime extends Interval {
  readonly doctorId: number;
}

/** The only place that writes exceptions. Dates and times go in and out as text: they have no time zone. */
export type ScheduleExceptionRepository = ReturnType<typeof createScheduleExceptionRepository>;

export function createScheduleExceptionRepository(database: Database) {
  return {
    /** The exceptions of these doctors, in the same order, the clinic's holidays among each one's. */
    async listEach(doctorIds: readonly number[], dates: Dates): Promise<ScheduleException[][]> {
      const rows = await database.$queryRaw<{ doctorId: number; exceptions: ExceptionRow[] }[]>`
        SELECT doctor.id AS "doctorId", ${exceptionsAsJson(Prisma.sql`doctor.id`, ...rangeOf(dates))} AS exceptions
        FROM unnest(${[...doctorIds]}::integer[]) AS doctor (id)`;
      const lists = new Map(rows.map((row) => [row.doctorId, row.exceptions.map(toException)]));
      return doctorIds.map((id) => lists.get(id) ?? []);
    },

    async listHolidays(dates: Dates): Promise<ScheduleException[]> {
      const [row] = await database.$queryRaw<{ exceptions: ExceptionRow[] }[]>`
        SELECT ${exceptionsAsJson(Prisma.sql`NULL`, ...rangeOf(dates))} AS exceptions`;
      return row?.exceptions.map(toException) ?? [];
    },

    async find(id: number): Promise<ScheduleException | null> {
      const [row] = await database.$queryRaw<ExceptionRow[]>`
        SELECT ${exceptionColumns} FROM schedule_exceptions WHERE id = ${id}`;
      return row === undefined ? null : toException(row);
    },

    /** Null when there is one of the same kind, doctor, dates and times already. */
    async insert(
      transaction: Transaction,
      createdBy: number,
      { kind, doctorId, firstDate, lastDate, startTime, endTime, reason }: NewScheduleException,
    ): Promise<ScheduleException | null> {
      const [row] = await transaction.$queryRaw<ExceptionRow[]>`
        INSERT INTO schedule_exceptions
          (kind, doctor_id, first_date, last_date, start_time, end_time, reason, created_by)
        VALUES (${exceptionKindMapping.toColumn(kind)}, ${doctorId}::integer, ${firstDate}::date, ${lastDate}::date,
          ${startTime}::time, ${endTime}::time, ${reason}, ${createdBy})
        ON CONFLICT DO NOTHING RETURNING ${exceptionColumns}`;
      return row === undefined ? null : toException(row);
    },

    /** Whether it was still there. */
    async delete(transaction: Transaction, id: number): Promise<boolean> {
      return (await transaction.$executeRaw`DELETE FROM schedule_exceptions WHERE id = ${id}`) === 1;
    },

    /** What is booked, and not over, at or near these dates: a day more on both sides. With null, of every doctor. */
    async listBooked(
      transaction: Transaction,
      doctorId: number | null,
      { firstDate, lastDate }: Dates,
    ): Promise<BookedTime[]> {
      const ofDoctor = doctorId === null ? Prisma.empty : Prisma.sql`AND doctor_id = ${doctorId}`;
      const rows = await transaction.$queryRaw<{ doctorId: number; startsAt: Date; endsAt: Date }[]>`
        SELECT doctor_id AS "doctorId", date_time AS "startsAt",
          date_time + duration * interval '1 minute' AS "endsAt"
        FROM appointments
        WHERE date_time >= ${firstDate}::date - 2 AND date_time < ${lastDate}::date + 2
          AND date_time + duration * interval '1 minute' > now() AT TIME ZONE 'UTC'
          AND is_active IS NOT FALSE AND status IN ('scheduled', 'confirmed', 'in-progress') ${ofDoctor}`;
      return rows.map((row) => ({
        doctorId: row.doctorId,
        start: row.startsAt.getTime(),
        end: row.endsAt.getTime(),
      }));
    },
  };
}

function rangeOf({ firstDate, lastDate }: Dates): [Prisma.Sql, Prisma.Sql] {
  return [Prisma.sql`${firstDate}::date`, Prisma.sql`${lastDate}::date`];
}
