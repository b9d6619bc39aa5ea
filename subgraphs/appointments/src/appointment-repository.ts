import { countLimit, type PageRequest } from '@caregraph/service-kit';
import { statusMapping, typeMapping, type Appointment } from './appointment.js';
import { appointmentColumns, toAppointment } from './appointment-row.js';
import type { Database } from './database.js';
import type { AppointmentStatus, AppointmentType } from './generated/graphql.js';
import { Prisma, type Appointment as AppointmentRow } from './generated/prisma/client.js';

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

/** An appointment and its place in a list. */
export interface ListedAppointment {
  readonly appointment: Appointment;
  readonly key: AppointmentKey;
}

/** Whose appointments a list holds. */
export type Owner = 'doctor' | 'patient';

/** The columns that can be changed; those that are undefined stay as they are. */
export interface AppointmentChanges {
  readonly type?: AppointmentType | undefined;
  readonly status?: AppointmentStatus | undefined;
  readonly reason?: string | undefined;
  readonly notes?: string | null | undefined;
}

/** The only place, with `booking-repository.ts`, that knows how appointments are kept. */
export type AppointmentRepository = ReturnType<typeof createAppointmentRepository>;

export function createAppointmentRepository(database: Database) {
  return {
    /** The appointments with these ids, in the same order; null where there is none. */
    async findMany(ids: readonly number[]): Promise<(Appointment | null)[]> {
      const rows = await database.$queryRaw<AppointmentRow[]>`
        SELECT ${appointmentColumns} FROM appointments WHERE id = ANY(${[...ids]}::integer[])`;
      const appointments = new Map(rows.map((row) => [row.id, toAppointment(row)]));
      return ids.map((id) => appointments.get(id) ?? null);
    },

    /** One row more than the page, so that the caller sees whether another page follows. */
    async list(
      conditions: AppointmentConditions,
      page: PageRequest<AppointmentKey>,
    ): Promise<ListedAppointment[]> {
      const rows = await database.$queryRaw<ListedRow[]>(pageOf(where(conditions), page));
      return rows.map(toListed);
    },

    /** The same page for each of many owners, in one statement and in their order. */
    async listEach(
      owner: Owner,
      ids: readonly number[],
      conditions: AppointmentConditions,
      page: PageRequest<AppointmentKey>,
    ): Promise<ListedAppointment[][]> {
      const ofOwner = Prisma.sql`${ownerColumns[owner]} = owner.id AND ${where(conditions)}`;
      const rows = await database.$queryRaw<(ListedRow & { ownerId: number })[]>`
        SELECT owner.id AS "ownerId", listed.* FROM unnest(${[...ids]}::integer[]) AS owner (id)
        CROSS JOIN LATERAL (${pageOf(ofOwner, page)}) AS listed
        ORDER BY owner.id, listed."dateTime", listed.id`;
      const lists = new Map<number, ListedAppointment[]>(ids.map((id) => [id, []]));
      for (const row of rows) lists.get(row.ownerId)?.push(toListed(row));
      return ids.map((id) => lists.get(id) ?? []);
    },

    /** How many appointments meet the conditions; null when there are too many to count cheaply. */
    async count(conditions: AppointmentConditions): Promise<number | null> {
      const [row] = await database.$queryRaw<{ count: number }[]>(countOf(where(conditions)));
      return bounded(row?.count);
    },

    /** The same count for each of many owners, in one statement and in their order. */
    async countEach(
      owner: Owner,
      ids: readonly number[],
      conditions: AppointmentConditions,
    ): Promise<(number | null)[]> {
      const ofOwner = Prisma.sql`${ownerColumns[owner]} = owner.id AND ${where(conditions)}`;
      const rows = await database.$queryRaw<{ ownerId: number; count: number }[]>`
        SELECT owner.id AS "ownerId", counted.count FROM unnest(${[...ids]}::integer[]) AS owner (id)
        CROSS JOIN LATERAL (${countOf(ofOwner)}) AS counted`;
      const counts = new Map(rows.map((row) => [row.ownerId, row.count]));
      return ids.map((id) => bounded(counts.get(id)));
    },

    /**
     * Changes an appointment whose version is `version` (null: whatever it is). Null when there is none such, or,
     * where `statuses` are given, when it has none of them or is not in use.
     */
    async update(
      id: number,
      version: number | null,
      statuses: readonly AppointmentStatus[] | null,
      { type, status, ...changes }: AppointmentChanges,
    ): Promise<Appointment | null> {
      const [row] = await database.appointment.updateManyAndReturn({
        where: {
          id,
          ...(version !== null && { version }),
          ...(statuses !== null && {
            status: { in: statuses.map(statusMapping.toColumn) },
            OR: [{ isActive: true }, { isActive: null }],
          }),
        },
        data: {
          ...changes,
          ...(type !== undefined && { type: typeMapping.toColumn(type) }),
          ...(status !== undefined && { status: statusMapping.toColumn(status) }),
        },
      });
      return row === undefined ? null : toAppointment(row);
    },
  };
}

type ListedRow = AppointmentRow & { readonly key: string };

const ownerColumns: Readonly<Record<Owner, Prisma.Sql>> = {
  doctor: Prisma.sql`doctor_id`,
  patient: Prisma.sql`patient_id`,
};

function pageOf(condition: Prisma.Sql, page: PageRequest<AppointmentKey>): Prisma.Sql {
  const after =
    page.after === null
      ? Prisma.empty
      : Prisma.sql`AND (date_time, appointments.id) > (${page.after[0]}::timestamp, ${page.after[1]}::integer)`;
  return Prisma.sql`
    SELECT ${appointmentColumns}, date_time::text AS key FROM appointments WHERE ${condition} ${after}
    ORDER BY date_time, appointments.id LIMIT ${page.first + 1}`;
}

function countOf(condition: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT count(*)::integer AS count
    FROM (SELECT 1 FROM appointments WHERE ${condition} LIMIT ${countLimit + 1}) AS counted`;
}

function bounded(count: number | undefined): number | null {
  return count === undefined || count > countLimit ? null : count;
}

function where(conditions: AppointmentConditions): Prisma.Sql {
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
  return parts.length === 0 ? Prisma.sql`true` : Prisma.join(parts, ' AND ');
}

function toListed(row: ListedRow): ListedAppointment {
  return { appointment: toAppointment(row), key: [row.key, row.id] };
}
