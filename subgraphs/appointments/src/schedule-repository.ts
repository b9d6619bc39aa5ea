import type { Database, Transaction } from './database.js';
import { daysOfWeek, type DoctorSchedule, type Week, type WorkingHours } from './schedule.js';

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
        SELECT doctor.id AS "doctorId", doctor_calendars.time_zone AS "timeZone", (
          SELECT coalesce(json_agg(json_build_object(
            'id', id, 'dayOfWeek', day_of_week, 'isAvailable', is_available,
            'startTime', to_char(start_time, 'HH24:MI'), 'endTime', to_char(end_time, 'HH24:MI'),
            'breakStart', to_char(break_start, 'HH24:MI'), 'breakEnd', to_char(break_end, 'HH24:MI')
          ) ORDER BY day_of_week), '[]')
          FROM doctor_schedules WHERE doctor_schedules.doctor_id = doctor.id
        ) AS days
        FROM unnest(${[...doctorIds]}::integer[]) AS doctor (id)
        LEFT JOIN doctor_calendars ON doctor_calendars.doctor_id = doctor.id`;
      const weeks = new Map(rows.map((row) => [row.doctorId, toWeek(row, clinicTimeZone)]));
      return doctorIds.map((id) => weeks.get(id) ?? null);
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
