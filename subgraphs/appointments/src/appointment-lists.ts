import {
  parseId,
  parsePage,
  toConnection,
  type ConnectionArguments,
  type PageRequest,
} from '@caregraph/service-kit';
import DataLoader from 'dataloader';
import { z } from 'zod';
import type { AppointmentConnection } from './appointment.js';
import type { AppointmentListRepository, ListedAppointment, Owner } from './appointment-list-repository.js';
import type { AppointmentConditions, AppointmentKey } from './appointment-list-statement.js';
import type { AppointmentFilter } from './generated/graphql.js';

const appointmentKey: z.ZodType<AppointmentKey> = z.tuple([z.string().refine(isTimestamp), z.int32()]);

/** What an appointments field of GraphQL is given. */
export interface ListArguments extends ConnectionArguments {
  readonly filter?: AppointmentFilter | null | undefined;
}

/** Lists of appointments: of all, and of patients or doctors, whose lists are read together. One per request. */
export type AppointmentLists = ReturnType<typeof createAppointmentLists>;

export function createAppointmentLists(appointments: AppointmentListRepository) {
  const loaders = new Map<string, ReturnType<typeof createLoaders>>();

  /** The pages and the counts of all owners whose lists were asked for with the same arguments. */
  function createLoaders(owner: Owner, conditions: AppointmentConditions, page: PageRequest<AppointmentKey>) {
    return {
      rows: new DataLoader<number, ListedAppointment[]>((ids) =>
        appointments.listEach(owner, ids, conditions, page),
      ),
      counts: new DataLoader<number, number | null>((ids) => appointments.countEach(owner, ids, conditions)),
    };
  }

  function loadersOf(...list: Parameters<typeof createLoaders>): ReturnType<typeof createLoaders> {
    const key = JSON.stringify(list);
    const found = loaders.get(key) ?? createLoaders(...list);
    loaders.set(key, found);
    return found;
  }

  return {
    async list({ filter, ...connection }: ListArguments): Promise<AppointmentConnection> {
      const page = parsePage(connection, appointmentKey);
      const conditions = parseFilter(filter);
      if (conditions === null) return connect([], page, () => Promise.resolve(0));
      return connect(await appointments.list(conditions, page), page, () => appointments.count(conditions));
    },

    async listOf(
      owner: Owner,
      id: number,
      { filter, ...connection }: ListArguments,
    ): Promise<AppointmentConnection> {
      const page = parsePage(connection, appointmentKey);
      const conditions = parseFilter(filter);
      if (conditions === null) return connect([], page, () => Promise.resolve(0));
      const { rows, counts } = loadersOf(owner, conditions, page);
      return connect(await rows.load(id), page, () => counts.load(id));
    },
  };
}

/** The conditions of a filter; null when nothing can meet them. */
function parseFilter(filter: AppointmentFilter | null | undefined): AppointmentConditions | null {
  const doctorId = filter?.doctorId == null ? null : parseId(filter.doctorId);
  const patientId = filter?.patientId == null ? null : parseId(filter.patientId);
  const isImpossible =
    (filter?.doctorId != null && doctorId === null) ||
    (filter?.patientId != null && patientId === null) ||
    filter?.status?.length === 0;
  if (isImpossible) return null;
  return {
    doctorId,
    patientId,
    from: filter?.from ?? null,
    to: filter?.to ?? null,
    status: filter?.status ?? null,
    type: filter?.type ?? null,
    isActive: filter?.isActive === undefined ? true : filter.isActive,
  };
}

function connect(
  rows: readonly ListedAppointment[],
  page: PageRequest<AppointmentKey>,
  count: () => Promise<number | null>,
): AppointmentConnection {
  return toConnection(
    rows,
    page,
    ({ key }) => key,
    count,
    ({ appointment }) => appointment,
  );
}

/** Whether PostgreSQL could have written this as a timestamp: cursors come from clients, who can make them up. */
function isTimestamp(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?$/.test(text) || text.startsWith('0000'))
    return false;
  const instant = new Date(`${text.replace(' ', 'T')}Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text.slice(0, 10));
}
