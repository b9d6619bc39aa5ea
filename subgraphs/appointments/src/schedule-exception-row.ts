import { Prisma } from './generated/prisma/client.js';
import { exceptionKindMapping, type ScheduleException } from './schedule-exception.js';

/** What a statement selects of `schedule_exceptions` for `toException`. Dates and times as text: they have no zone. */
export interface ExceptionRow extends Omit<ScheduleException, 'kind'> {
  readonly kind: string;
}

export const exceptionColumns = Prisma.sql`schedule_exceptions.id, schedule_exceptions.kind,
  schedule_exceptions.doctor_id AS "doctorId", to_char(first_date, 'YYYY-MM-DD') AS "firstDate",
  to_char(last_date, 'YYYY-MM-DD') AS "lastDate", to_char(start_time, 'HH24:MI') AS "startTime",
  to_char(end_time, 'HH24:MI') AS "endTime", schedule_exceptions.reason`;

/** An expression of the exceptions of a doctor, the clinic's among them, that touch the dates from `from` to `to`. */
export function exceptionsAsJson(doctor: Prisma.Sql, from: Prisma.Sql, to: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(
    SELECT coalesce(json_agg(exception ORDER BY "firstDate", id), '[]') FROM (
      SELECT ${exceptionColumns} FROM schedule_exceptions
      WHERE (doctor_id = ${doctor} OR doctor_id IS NULL) AND last_date >= ${from} AND first_date <= ${to}
    ) AS exception)`;
}

export function toException({ kind, ...row }: ExceptionRow): ScheduleException {
  return { ...row, kind: exceptionKindMapping.fromColumn(kind) };
}
