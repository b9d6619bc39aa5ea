import { countLimit, type PageRequest } from '@caregraph/service-kit';
import type { Appointment } from './appointment.js';
import {
  countOf,
  pageOf,
  where,
  type AppointmentConditions,
  type AppointmentKey,
} from './appointment-list-statement.js';
import { toAppointment } from './appointment-row.js';
import type { Database } from './database.js';
import { Prisma, type Appointment as AppointmentRow } from './generated/prisma/client.js';

/** An appointment and its place in a list. */
export interface ListedAppointment {
  readonly appointment: Appointment;
  readonly key: AppointmentKey;
}

/** Whose appointments a list holds. */
export type Owner = 'doctor' | 'patient';

/** Reads lists of appointments for one viewer: those of `hiddenPatients`, as everywhere, are not there. */
export type AppointmentListRepository = ReturnType<typeof createAppointmentListRepository>;

export function createAppointmentListRepository({
  database,
  hiddenPatients,
}: {
  readonly database: Database;
  readonly hiddenPatients: () => readonly number[];
}) {
  const visibleWhere = (conditions: AppointmentConditions): Prisma.Sql => where(conditions, hiddenPatients());

  return {
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
