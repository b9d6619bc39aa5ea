import { beforeAll, describe, expect, it } from 'vitest';
import { BookAppointmentDocument } from '../generated/operations.js';
import { superuserUrl } from '../../../test/cluster.js';
import type { Answer } from './platform/graphql-client.js';
import { startPlatformProcesses, type PlatformProcesses } from './platform/platform-processes.js';
import { connectRows, insertAppointment, insertPatient, insertUser, type UserRow } from './platform/rows.js';

let platform: PlatformProcesses;
let doctor: UserRow;
let token: string;
let patientId: number;
let patientToBook: number;
let appointmentId: number;

beforeAll(async () => {
  platform = await startPlatformProcesses({ GATEWAY_ENGINE: 'caregraph' });
  await using users = await connectRows(platform.databases.users.superuserUrl);
  await using patients = await connectRows(platform.databases.patients.superuserUrl);
  await using appointments = await connectRows(platform.databases.appointments.superuserUrl);
  doctor = await insertUser(users, 'DOCTOR', 'Sarah', 'Chen');
  const createdBy = doctor.id;
  patientId = await insertPatient(patients, { firstName: 'Alice', lastName: 'Moreau', createdBy });
  patientToBook = await insertPatient(patients, { firstName: 'Bob', lastName: 'Okafor', createdBy });
  appointmentId = await insertAppointment(appointments, {
    patientId,
    doctorId: doctor.id,
    createdBy,
    dateTime: '2031-03-03 09:00',
  });
  await appointments.run(
    `INSERT INTO doctor_schedules (doctor_id, day_of_week, start_time, end_time) VALUES ($1, 1, '08:00', '16:00')`,
    [doctor.id],
  );
  token = await platform.token(doctor);

  return () => platform[Symbol.asyncDispose]();
});

/** A page that needs all three services. */
async function page(): Promise<Answer<Record<string, unknown>>> {
  return platform.query(
    `query Page($patientId: ID!, $appointmentId: ID!) {
      me { fullName schedule { dayOfWeek } }
      patient(id: $patientId) { fullName createdBy { fullName } appointments { totalCount } }
      appointment(id: $appointmentId) { reason patient { id fullName } doctor { id fullName } }
    }`,
    { variables: { patientId: String(patientId), appointmentId: String(appointmentId) }, token },
  );
}

const whole = {
  me: { fullName: 'Sarah Chen', schedule: [{ dayOfWeek: 'MONDAY' }] },
  patient: {
    fullName: 'Alice Moreau',
    createdBy: { fullName: 'Sarah Chen' },
    appointments: { totalCount: 1 },
  },
  appointment: {
    reason: 'Check-up',
    patient: { id: '', fullName: 'Alice Moreau' },
    doctor: { id: '', fullName: 'Sarah Chen' },
  },
};

async function expectWholePage(): Promise<void> {
  const { data, errors } = await page();
  expect(errors).toBeUndefined();
  whole.appointment.patient.id = String(patientId);
  whole.appointment.doctor.id = String(doctor.id);
  expect(data).toEqual(whole);
}

/** What a client learns about what is missing: the places, and one and the same message and code. */
function expectErrors({ errors }: Answer<unknown>, code: string, message: string, places: string[]): void {
  expect(errors?.map(({ path }) => path?.join('.')).sort()).toEqual(places.sort());
  for (const error of errors ?? []) {
    expect(error).toEqual({ message, path: error.path, extensions: { code } });
  }
}

async function kill(name: 'users' | 'patients' | 'appointments'): Promise<void> {
  platform.process(name).signal('SIGKILL');
  await platform.process(name).exit;
}

async function book(): Promise<string[] | undefined> {
  const { data, errors } = await platform.send(
    BookAppointmentDocument,
    {
      input: {
        patientId: String(patientToBook),
        doctorId: String(doctor.id),
        dateTime: new Date(Date.now() + 86_400_000).toISOString(),
        duration: 30,
        type: 'EMERGENCY',
        reason: 'Chest pain',
      },
    },
    { token },
  );
  expect(errors).toBeUndefined();
  return data?.bookAppointment.userErrors.map((error) => error.code);
}

async function readiness(
  name: 'users' | 'patients' | 'appointments' | 'gateway',
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${platform.urls[name]}/health/ready`);
  return { status: response.status, body: await response.json() };
}

describe('a service that has died', () => {
  it('costs no more than its own fields, when it is the patients service, until it is back', async () => {
    await expectWholePage();
    await kill('patients');
    const answer = await page();
    expect(answer.data).toMatchObject({
      me: whole.me,
      patient: null,
      appointment: { reason: 'Check-up', patient: null, doctor: whole.appointment.doctor },
    });
    expectErrors(answer, 'DOWNSTREAM_SERVICE_ERROR', 'The patients service is unavailable.', [
      'patient',
      'appointment.patient.fullName',
    ]);
    expect(await book()).toEqual(['DEPENDENCY_UNAVAILABLE']);
    expect(await readiness('gateway')).toEqual({
      status: 503,
      body: {
        status: 'unavailable',
        checks: { users: 'ok', patients: 'failed', appointments: 'ok', keys: 'ok' },
      },
    });
    await platform.restart('patients');
    await expectWholePage();
  });

  it('costs no more than its own fields, when it is the users service, until it is back', async () => {
    await kill('users');
    const answer = await page();
    expect(answer.data).toMatchObject({
      me: null,
      patient: { fullName: 'Alice Moreau', createdBy: null, appointments: { totalCount: 1 } },
      appointment: { reason: 'Check-up', patient: whole.appointment.patient, doctor: null },
    });
    expectErrors(answer, 'DOWNSTREAM_SERVICE_ERROR', 'The users service is unavailable.', [
      'me',
      'patient.createdBy.fullName',
      'appointment.doctor.fullName',
    ]);
    expect(await book()).toEqual(['DEPENDENCY_UNAVAILABLE']);
    await platform.restart('users');
    await expectWholePage();
  });

  it('costs no more than its own fields, when it is the appointments service, until it is back', async () => {
    await kill('appointments');
    const answer = await page();
    expect(answer.data).toEqual({
      me: { fullName: 'Sarah Chen', schedule: null },
      patient: { ...whole.patient, appointments: null },
      appointment: null,
    });
    expectErrors(answer, 'DOWNSTREAM_SERVICE_ERROR', 'The appointments service is unavailable.', [
      'me.schedule',
      'patient.appointments',
      'appointment',
    ]);
    await platform.restart('appointments');
    await expectWholePage();
    expect(await book()).toEqual([]);
  });
});

describe('a database that is down', () => {
  it('makes its service unready and its fields fail, without a word about why', async () => {
    const { name } = platform.databases.patients;
    await using postgres = await connectRows(superuserUrl());
    await postgres.run(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await postgres.run(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1`, [
      name,
    ]);
    const answer = await page();
    expect(answer.data).toMatchObject({ me: whole.me, patient: null, appointment: { patient: null } });
    expectErrors(answer, 'INTERNAL_SERVER_ERROR', 'Something went wrong on our side.', [
      'patient',
      'appointment.patient',
    ]);
    expect(await readiness('patients')).toEqual({
      status: 503,
      body: { status: 'unavailable', checks: { database: 'failed' } },
    });
    const live = await fetch(`${platform.urls.patients}/health/live`);
    expect(live.status).toBe(200);

    await postgres.run(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await expectWholePage();
    expect((await readiness('patients')).status).toBe(200);
  });
});

describe('a service that hangs', () => {
  it('is what a booking says that it cannot do without', async () => {
    platform.process('patients').signal('SIGSTOP');
    const codes = await book();
    platform.process('patients').signal('SIGCONT');
    expect(codes).toEqual(['DEPENDENCY_UNAVAILABLE']);
  });

  it('costs the time-out and its own fields', async () => {
    platform.process('gateway').signal('SIGTERM');
    await platform.restart('gateway', { SUBGRAPH_TIMEOUT_MS: '3000' });
    platform.process('patients').signal('SIGSTOP');
    const answer = await page();
    platform.process('patients').signal('SIGCONT');
    expect(answer.data).toMatchObject({ me: whole.me, patient: null });
    expectErrors(answer, 'GATEWAY_TIMEOUT', 'The patients service did not answer in time.', [
      'patient',
      'appointment.patient.fullName',
    ]);
    await expectWholePage();
  });
});
