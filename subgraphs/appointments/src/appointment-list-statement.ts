import { countLimit, type PageRequest } from '@caregraph/service-kit';
import { statusMapping, typeMapping } from './appointment.js';
import { appointmentColumns } from './appointment-row.js';
import type { AppointmentStatus, AppointmentType } from './generated/graphql.js';
import { Prisma } from './generated/prisma/client.js';

/** The sort key of lists of appointments: the time as PostgreSQL writes it, which has microseconds, and the id. */
export type AppointmentKey = readonly [dateTime: string, id: number];

/** Which appointments a list holds; a null condition holds for every appointment. */
export interface AppointmentConditions {
  readonly doctorId: number | null;
  readonly patientId: number | null;
  readonly from: Date | null;
  readonly to: Date | null;
  readonly status: readonly AppointmentStatus[] | null;
  readonly type: AppointmentType | null;
  readonly isActive: boolean | null;
}

/** Selects a page of what meets the condition, and one row more. */
export function pageOf(condition: Prisma.Sql, page: PageRequest<AppointmentKey>): Prisma.Sql {
  const after =
    page.after === null
      ? Prisma.empty
      : Prisma.sql`AND (date_time, appointments.id) > (${page.after[0]}::timestamp, ${page.after[1]}::integer)`;
  return Prisma.sql`
    SELECT ${appointmentColumns}, date_time::text AS key FROM appointments WHERE ${condition} ${after}
    ORDER BY date_time, appointments.id LIMIT ${page.first + 1}`;
}

/** Counts what meets the condition, and stops one beyond what is worth counting. */
export function countOf(condition: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT count(*)::integer AS count
    FROM (SELECT 1 FROM appointments WHERE ${condition} LIMIT ${countLimit + 1}) AS counted`;
}

/**
 * Takes the appointments of these patients out of a statement's condition. Nothing, where nobody is hidden, so that
 * the statement is the same for all viewers then.
 */
export function exceptOf(hiddenPatients: readonly number[]): Prisma.Sql {
  return hiddenPatients.length === 0
    ? Prisma.empty
    : Prisma.sql`AND patient_id <> ALL(${[...hiddenPatients]}::integer[])`;
}

/** The condition of a list of what a viewer sees who may not know of `hiddenPatients`. */
export function where(conditions: AppointmentConditions, hiddenPatients: readonly number[]): Prisma.Sql {
  const { doctorId, patientId, from, to, status, type, isActive } = conditions;
  const parts = [
    ...(doctorId === null ? [] : [Prisma.sql`doctor_id = ${doctorId}`]),
    ...(patientId === null ? [] : [Prisma.sql`patient_id = ${patientId}`]),
    ...(from === null ? [] : [Prisma.sql`date_time >= ${from}::timestamp`]),
    ...(to === null ? [] : [Prisma.sql`date_time < ${to}::timestamp`]),
    ...(status === null ? [] : [Prisma.sql`status = ANY(${status.map(statusMapping.toColumn)})`]),
    ...(type === null ? [] : [Prisma.sql`type = ${typeMapping.toColumn(type)}`]),
    ...(isActive === null
      ? []
      : [isActive ? Prisma.sql`is_active IS NOT FALSE` : Prisma.sql`is_active = false`]),
  ];
  const all = parts.length === 0 ? Prisma.sql`true` : Prisma.join(parts, ' AND ');
  return Prisma.sql`${all} ${exceptOf(hiddenPatients)}`;
}
