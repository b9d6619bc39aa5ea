import { randomInt } from 'node:crypto';
import { loadConfig, startServer } from '@caregraph/appointments-subgraph';
import { createLogger } from '@caregraph/service-kit';
import { Client } from 'pg';
import { expect, vi } from 'vitest';
import { keySettings, sharedDatabase } from '../../../test/cluster.js';
import {
  contextSecret,
  createSubgraphClient,
  userViewer,
  type SubgraphClient,
} from '../../../test/subgraph-client.js';
import { startDirectoryStandIn, type DirectoryStandIn } from '../../../test/directory-stand-in.js';
import {
  BookAppointmentDocument,
  SetDoctorScheduleDocument,
  type AppointmentFieldsFragment,
  type BookAppointmentInput,
  type DayOfWeek,
} from './generated/operations.js';

/** The service in this process, with stand-ins for the two that it asks. */
export interface AppointmentsService extends SubgraphClient {
  readonly patients: DirectoryStandIn;
  readonly users: DirectoryStandIn;
  /** A connection of the service's own role, for rows that the API does not let anybody write. */
  readonly database: Client;
}

/**
 * Starts the service over the database that all tests share; `settings` go beside those it needs. Resolves when it is
 * ready, or with a `failure` of the patients service at once.
 */
export async function startAppointments(
  settings: NodeJS.ProcessEnv = {},
  { failure = 'none' }: { readonly failure?: DirectoryStandIn['failure'] } = {},
): Promise<AppointmentsService> {
  const { databaseUrl } = sharedDatabase('appointments');
  const patients = await startDirectoryStandIn('patients');
  patients.failure = failure;
  const users = await startDirectoryStandIn('users');
  const config = loadConfig({
    APPOINTMENTS_DATABASE_URL: databaseUrl,
    SERVICE_CONTEXT_SECRET: contextSecret,
    ...keySettings(),
    APPOINTMENTS_PORT: '0',
    PATIENTS_URL: patients.url,
    USERS_URL: users.url,
    LOG_LEVEL: 'silent',
    ...settings,
  });
  const server = await startServer(config, createLogger('appointments', 'silent'));
  const client = createSubgraphClient('appointments', server.port);
  if (failure === 'none') await becomesReady(client);
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  return {
    ...client,
    patients,
    users,
    database,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await server.stop();
      await patients[Symbol.asyncDispose]();
      await users[Symbol.asyncDispose]();
      await database.end();
    },
  };
}

/** Waits until the service says that it is ready. */
export async function becomesReady({ url }: Pick<SubgraphClient, 'url'>): Promise<void> {
  await vi.waitFor(
    async () => {
      const { status } = await fetch(new URL('/health/ready', url));
      expect(status).toBe(200);
    },
    { timeout: 30_000, interval: 20 },
  );
}

/** An id of a patient or a doctor that no other test has. */
export function newId(): string {
  return String(randomInt(1, 2_000_000_000));
}

/** An emergency, which needs no schedule: for a doctor and a patient of its own, in an hour of the year 2100. */
export function newBooking(overrides: Partial<BookAppointmentInput> = {}): BookAppointmentInput {
  return {
    patientId: newId(),
    doctorId: newId(),
    dateTime: '2100-03-01T09:00:00.000Z',
    duration: 30,
    type: 'EMERGENCY',
    reason: 'Chest pain',
    ...overrides,
  };
}

/** Books, which must succeed. */
export async function bookAppointment(
  service: Pick<SubgraphClient, 'ask'>,
  overrides: Partial<BookAppointmentInput> = {},
  viewer = userViewer('NURSE'),
): Promise<AppointmentFieldsFragment> {
  const { data } = await service.ask(viewer, BookAppointmentDocument, { input: newBooking(overrides) });
  if (data.bookAppointment.appointment === null)
    throw new Error(JSON.stringify(data.bookAppointment.userErrors));
  return data.bookAppointment.appointment;
}

/** A week of the same hours on all days that are named, for a doctor of its own; returns the doctor's id. */
export async function setWeek(
  service: Pick<SubgraphClient, 'ask'>,
  {
    timeZone = 'UTC',
    hours: [startTime, endTime],
    days = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'],
  }: { timeZone?: string; hours: readonly [start: string, end: string]; days?: readonly DayOfWeek[] },
): Promise<string> {
  const doctorId = newId();
  const { data } = await service.ask(userViewer('ADMIN'), SetDoctorScheduleDocument, {
    input: { doctorId, timeZone, days: days.map((dayOfWeek) => ({ dayOfWeek, startTime, endTime })) },
  });
  if (data.setDoctorSchedule.doctor === null)
    throw new Error(JSON.stringify(data.setDoctorSchedule.userErrors));
  return doctorId;
}
