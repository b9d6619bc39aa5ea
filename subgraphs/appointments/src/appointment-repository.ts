import { countLimit, type PageRequest } from '@caregraph/service-kit';
import { statusMapping, typeMapping, type Appointment } from './appointment.js';
import {
  countOf,
  exceptOf,
  pageOf,
  where,
  type AppointmentConditions,
  type AppointmentKey,
} from './appointment-list-statement.js';
import { appointmentColumns, toAppointment } from './appointment-row.js';
import type { Database } from './database.js';
import type { AppointmentStatus, AppointmentType } from './generated/graphql.js';
import { Prisma, type Appointment as AppointmentRow } from './generated/prisma/client.js';

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

/**
 * The only place, with `booking-repository.ts`, that knows how appointments are kept. Made for one viewer: the
 * appointments of `hiddenPatients`, of whom that viewer may not know, are not there, whatever is asked.
 */
export type AppointmentRepository = ReturnType<typeof createAppointmentRepository>;

export function createAppointmentRepository(database: Database, hiddenPatients: () => readonly number[]) {
  const visibleWhere = (conditions: AppointmentConditions): Prisma.Sql => where(conditions, hiddenPatients());

  return {
    /** The appointments with these ids, in the same order; null where there is none. */
    async findMany(ids: readonly number[]): Promise<(Appointment | null)[]> {
      const rows = await database.$queryRaw<AppointmentRow[]>`
        SELECT ${appointmentColumns} FROM appointments
        WHERE id = ANY(${[...ids]}::integer[]) ${exceptOf(hiddenPatients())}`;
      const appointments = new Map(rows.map((row) => [row.id, toAppointment(row)]));
      return ids.map((id) => appointments.get(id) ?? null);
    },

    /** One row more than the page, so that the caller sees whether another page follows. */
    async list(
      conditions: AppointmentConditions,
      page: PageRequest<AppointmentKey>,
    ): Promise<ListedAppointment[]> {
      const rows = await database.$queryRaw<ListedRow[]>(pageOf(visibleWhere(conditions), page));
      return rows.map(toListed);
    },

    /** The same page for each of many owners, in one statement and in their order. */
    async listEach(
      owner: Owner,
      ids: readonly number[],
      conditions: AppointmentConditions,
      page: PageRequest<AppointmentKey>,
    ): Promise<ListedAppointment[][]> {
      const ofOwner = Prisma.sql`${ownerColumns[owner]} = owner.id AND ${visibleWhere(conditions)}`;
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
      const [row] = await database.$queryRaw<{ count: number }[]>(countOf(visibleWhere(conditions)));
      return bounded(row?.count);
    },

    /** The same count for each of many owners, in one statement and in their order. */
    async countEach(
      owner: Owner,
      ids: readonly number[],
      conditions: AppointmentConditions,
    ): Promise<(number | null)[]> {
      const ofOwner = Prisma.sql`${ownerColumns[owner]} = owner.id AND ${visibleWhere(conditions)}`;
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
      return database.$transaction(async (transaction) => {
        const [locked] = await transaction.$queryRaw<{ patientId: number }[]>`
          SELECT patient_id AS "patientId" FROM appointments WHERE id = ${id} FOR UPDATE`;
        // Asked for now: the patient may have been restricted while this change waited for others.
        if (locked === undefined || hiddenPatients().includes(locked.patientId)) return null;
        const [row] = await transaction.appointment.updateManyAndReturn({
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
      });
    },
  };
}

type ListedRow = AppointmentRow & { readonly key: string };

const ownerColumns: Readonly<Record<Owner, Prisma.Sql>> = {
  doctor: Prisma.sql`doctor_id`,
  patient: Prisma.sql`patient_id`,
};

function bounded(count: number | undefined): number | null {
  return count === undefined || count > countLimit ? null : count;
}

function toListed(row: ListedRow): ListedAppointment {
  return { appointment: toAppointment(row), key: [row.key, row.id] };
}
