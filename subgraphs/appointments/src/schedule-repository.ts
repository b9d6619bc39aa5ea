import type { Database, Transaction } from './database.js';
import { Prisma } from './generated/prisma/client.js';
import type { Interval } from './interval.js';
import {
  daysOfWeek,
  type DoctorCalendar,
  type DoctorSchedule,
  type Week,
  type WorkingHours,
} from './schedule.js';
import { exceptionsAsJson, toException, type ExceptionRow } from './schedule-exception-row.js';

/** The only place that knows how schedules are kept. Times go in and out as text: a `Date` has no 24:00. */
export type ScheduleRepository = ReturnType<typeof createScheduleRepository>;

/** `clinicTimeZone` is that of the doctors who have not been given one. */
export function createScheduleRepository(database: Database, clinicTimeZone: string) {
  return {
    /** The weeks of these doctors, in the same order; null where nobody has set one. */
    async findMany(
      doctorIds: readonly number[],
      transaction: Transaction = database,
    ): Promise<(Week | null)[]> {
      const rows = await transaction.$queryRaw<WeekRow[]>`
        SELECT doctor.id AS "doctorId", doctor_calendars.time_zone AS "timeZone", ${daysAsJson} AS days
        FROM unnest(${[...doctorIds]}::integer[]) AS doctor (id)
        LEFT JOIN doctor_calendars ON doctor_calendars.doctor_id = doctor.id`;
      const weeks = new Map(rows.map((row) => [row.doctorId, toWeek(row, clinicTimeZone)]));
      return doctorIds.map((id) => weeks.get(id) ?? null);
    },

    /**
     * What must be known of when these doctors work during `range`, and on the whole local days that it touches; in
     * the same order, null where nobody has set anything.
     */
    async findCalendars(
      doctorIds: readonly number[],
      { start, end }: Interval,
      transaction: Transaction = database,
    ): Promise<(DoctorCalendar | null)[]> {
      // On every clock of the world, an instant is on one of the dates around that of UTC.
      const exceptions = exceptionsAsJson(
        Prisma.sql`doctor.id`,
        Prisma.sql`${new Date(start)}::timestamp::date - 1`,
        Prisma.sql`${new Date(end)}::timestamp::date + 1`,
      );
      const rows = await transaction.$queryRaw<CalendarRow[]>`
        SELECT doctor.id AS "doctorId", doctor_calendars.time_zone AS "timeZone", ${daysAsJson} AS days,
          ${exceptions} AS exceptions
        FROM unnest(${[...doctorIds]}::integer[]) AS doctor (id)
        LEFT JOIN doctor_calendars ON doctor_calendars.doctor_id = doctor.id`;
      const calendars = new Map(rows.map((row) => [row.doctorId, toCalendar(row, clinicTimeZone)]));
      return doctorIds.map((id) => calendars.get(id) ?? null);
    },

    /** Replaces a doctor's week; a time zone that is null stays as it was. */
    async replace(
      transaction: Transaction,
      doctorId: number,
      timeZone: string | null,
      days: readonly WorkingHours[],
    ): Promise<void> {
      await transaction.$executeRaw`
        INSERT INTO doctor_calendars (doctor_id, time_zone) VALUES (${doctorId}, ${timeZone ?? clinicTimeZone})
        ON CONFLICT (doctor_id)
        DO UPDATE SET time_zone = coalesce(${timeZone}::varchar, doctor_calendars.time_zone)`;
      const numbers = days.map(({ dayOfWeek }) => daysOfWeek.indexOf(dayOfWeek));
      await transaction.$executeRaw`
        DELETE FROM doctor_schedules WHERE doctor_id = ${doctorId} AND NOT day_of_week = ANY(${numbers}::integer[])`;
      await transaction.$executeRaw`
        INSERT INTO doctor_schedules
          (doctor_id, day_of_week, start_time, end_time, break_start, break_end, is_available)
        SELECT ${doctorId}::integer, * FROM unnest(
          ${numbers}::integer[], ${days.map((day) => day.startTime)}::time[], ${days.map((day) => day.endTime)}::time[],
          ${days.map((day) => day.breakStart)}::time[], ${days.map((day) => day.breakEnd)}::time[],
          ${days.map((day) => day.isAvailable)}::boolean[])
        ON CONFLICT (doctor_id, day_of_week) DO UPDATE SET
          start_time = excluded.start_time, end_time = excluded.end_time, break_start = excluded.break_start,
          break_end = excluded.break_end, is_available = excluded.is_available`;
    },
  };
}

/** The days of `doctor`. */
const daysAsJson = Prisma.sql`(
  SELECT coalesce(json_agg(json_build_object(
    'id', id, 'dayOfWeek', day_of_week, 'isAvailable', is_available,
    'startTime', to_char(start_time, 'HH24:MI'), 'endTime', to_char(end_time, 'HH24:MI'),
    'breakStart', to_char(break_start, 'HH24:MI'), 'breakEnd', to_char(break_end, 'HH24:MI')
  ) ORDER BY day_of_week), '[]')
  FROM doctor_schedules WHERE doctor_schedules.doctor_id = doctor.id)`;

interface CalendarRow extends WeekRow {
  readonly exceptions: readonly ExceptionRow[];
}

interface WeekRow {
  readonly doctorId: number;
  readonly timeZone: string | null;
  readonly days: readonly (Omit<DoctorSchedule, 'dayOfWeek' | 'isAvailable' | 'timeZone'> & {
    readonly dayOfWeek: number;
    readonly isAvailable: boolean | null;
  })[];
}

/** The spec lets `is_available` be null, which means true. */
function toWeek({ timeZone, days }: WeekRow, clinicTimeZone: string): Week | null {
  if (timeZone === null && days.length === 0) return null;
  const zone = timeZone ?? clinicTimeZone;
  return {
    timeZone: zone,
    days: days.flatMap(({ dayOfWeek, isAvailable, ...day }) => {
      const name = daysOfWeek[dayOfWeek];
      return name === undefined
        ? []
        : [{ ...day, dayOfWeek: name, isAvailable: isAvailable ?? true, timeZone: zone }];
    }),
  };
}

/** Whoever has no week yet may have extra hours, on the clinic's clocks. */
function toCalendar({ exceptions, ...row }: CalendarRow, clinicTimeZone: string): DoctorCalendar | null {
  const week = toWeek(row, clinicTimeZone);
  if (week === null && exceptions.every(({ doctorId }) => doctorId === null)) return null;
  return { ...(week ?? { timeZone: clinicTimeZone, days: [] }), exceptions: exceptions.map(toException) };
}
