import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  AppointmentPageDocument,
  BookAppointmentDocument,
  DoctorsDayDocument,
  FindPatientsDocument,
  LiftPatientRestrictionDocument,
  PatientPageDocument,
  RestrictPatientDocument,
  SetCareTeamDocument,
} from '../generated/operations.js';
import { startPlatformProcesses, type PlatformProcesses } from './platform/platform-processes.js';
import {
  connectRows,
  insertAppointment,
  insertPatient,
  insertUser,
  type Rows,
  type UserRow,
} from './platform/rows.js';

let platform: PlatformProcesses;
let patients: Rows;
let appointments: Rows;
let users: Rows;
let administrator: UserRow;
let treating: UserRow;
let member: UserRow;
let clerk: UserRow;

beforeAll(async () => {
  platform = await startPlatformProcesses();
  users = await connectRows(platform.databases.users.superuserUrl);
  patients = await connectRows(platform.databases.patients.superuserUrl);
  appointments = await connectRows(platform.databases.appointments.superuserUrl);
  administrator = await insertUser(users, 'ADMIN', 'Root', 'Ng');
  treating = await insertUser(users, 'DOCTOR', 'Sarah', 'Chen');
  member = await insertUser(users, 'DOCTOR', 'Aya', 'Sato');
  clerk = await insertUser(users, 'STAFF', 'Omar', 'Haddad');

  return async () => {
    await Promise.all([users, patients, appointments].map((rows) => rows[Symbol.asyncDispose]()));
    await platform[Symbol.asyncDispose]();
  };
});

/** A patient who has an appointment with the treating doctor. */
async function addPatient(lastName: string): Promise<{ id: string; appointmentId: string }> {
  const createdBy = clerk.id;
  const patientId = await insertPatient(patients, { firstName: 'Carla', lastName, createdBy });
  const day = String((patientId % 27) + 1).padStart(2, '0');
  const appointmentId = await insertAppointment(appointments, {
    ...{ patientId, doctorId: treating.id, createdBy },
    dateTime: `2031-03-${day} 09:00`,
  });
  return { id: String(patientId), appointmentId: String(appointmentId) };
}

/** Restricts a record to the doctor who is `member`. */
async function restrict(id: string): Promise<void> {
  const { data, errors } = await platform.send(
    RestrictPatientDocument,
    { input: { id, careTeam: [String(member.id)], reason: 'Works at the clinic' } },
    { token: await platform.token(administrator) },
  );
  expect(errors).toBeUndefined();
  expect(data?.restrictPatient).toEqual({ patient: null, userErrors: [] });
}

async function seesAppointment(user: UserRow, id: string): Promise<boolean> {
  const { data, errors } = await platform.send(
    AppointmentPageDocument,
    { id, clinical: false },
    { token: await platform.token(user) },
  );
  expect(errors).toBeUndefined();
  return data?.appointment != null;
}

/** Tries again until it holds: five seconds at most, unless it takes a process to start. */
async function eventually(expectation: () => Promise<void>, timeout = 5_000): Promise<void> {
  await vi.waitFor(expectation, { timeout, interval: 20 });
}

/** Waits until the appointments service keeps to a restriction. */
function isHidden(user: UserRow, appointmentId: string): Promise<void> {
  return eventually(async () => {
    expect(await seesAppointment(user, appointmentId)).toBe(false);
  });
}

const wholeYear = { from: '2031-01-01T00:00:00Z', to: '2032-01-01T00:00:00Z' };

/** The ids of patients that somebody sees on the pages of the apps. */
async function patientsSeenBy(user: UserRow, { id, search }: { id: string; search: string }) {
  const token = await platform.token(user);
  const found = await platform.send(FindPatientsDocument, { search }, { token });
  const page = await platform.send(PatientPageDocument, { id, clinical: false }, { token });
  const day = await platform.send(
    DoctorsDayDocument,
    { doctorId: String(treating.id), ...wholeYear },
    { token },
  );
  const days = (day.data?.appointments?.edges ?? []).flatMap(({ node }) => node.patient?.id ?? []);
  return {
    found: found.data?.patients?.edges.map(({ node }) => node.id),
    page: page.data?.patient === null ? null : page.data?.patient.appointments?.totalCount,
    isInDay: days.includes(id),
  };
}

describe('a patient who is restricted', () => {
  it('is nowhere any more for those who are not in the care team, the treating doctor neither', async () => {
    const { id, appointmentId } = await addPatient('Quint');
    for (const user of [clerk, treating, administrator, member]) {
      expect(await patientsSeenBy(user, { id, search: 'quint' })).toEqual({
        ...{ found: [id], page: 1, isInDay: true },
      });
    }
    await restrict(id);
    await isHidden(clerk, appointmentId);
    for (const user of [clerk, treating, administrator]) {
      expect(await patientsSeenBy(user, { id, search: 'quint' })).toEqual({
        ...{ found: [], page: null, isInDay: false },
      });
      expect(await seesAppointment(user, appointmentId)).toBe(false);
    }
    expect(await patientsSeenBy(member, { id, search: 'quint' })).toEqual({
      ...{ found: [id], page: 1, isInDay: true },
    });
  });

  it('is not booked from outside the care team from the moment on that the restriction is answered', async () => {
    const { id } = await addPatient('Rossi');
    await restrict(id);
    const book = async (user: UserRow, doctor: UserRow) => {
      const input = {
        ...{ patientId: id, doctorId: String(doctor.id), dateTime: '2031-05-05T09:00:00Z' },
        ...{ duration: 30, type: 'EMERGENCY' as const, reason: 'Chest pain' },
      };
      const token = await platform.token(user);
      const { data } = await platform.send(BookAppointmentDocument, { input }, { token });
      return data?.bookAppointment.userErrors.map(({ code, field }) => [code, field?.join('.')]);
    };
    expect(await book(clerk, member)).toEqual([['PATIENT_NOT_FOUND', 'patientId']]);
    expect(await book(treating, treating)).toEqual([['PATIENT_NOT_FOUND', 'patientId']]);
    expect(await book(member, treating)).toEqual([['FORBIDDEN', 'doctorId']]);
    expect(await book(member, member)).toEqual([]);
  });

  it('stays so while the patients service is down, and is not told of by a service that starts then', async () => {
    const { id, appointmentId } = await addPatient('Silva');
    const open = await addPatient('Tran');
    await restrict(id);
    await isHidden(treating, appointmentId);
    platform.process('patients').signal('SIGKILL');
    await platform.process('patients').exit;
    const token = await platform.token(treating);
    const ask = (appointment: string) =>
      platform.query(`{ appointment(id: "${appointment}") { reason } }`, { token });
    expect(await ask(appointmentId)).toMatchObject({ data: { appointment: null } });
    expect(await ask(open.appointmentId)).toMatchObject({ data: { appointment: { reason: 'Check-up' } } });

    platform.process('appointments').signal('SIGKILL');
    await platform.process('appointments').exit;
    const restarting = platform.restart('appointments');
    await eventually(async () => {
      expect(await ask(open.appointmentId)).toMatchObject({
        data: { appointment: null },
        errors: [
          {
            message: 'Which patients are restricted is not known yet; try again.',
            extensions: { code: 'DOWNSTREAM_SERVICE_ERROR' },
          },
        ],
      });
    }, 30_000);
    await platform.restart('patients');
    await restarting;
    expect(await ask(appointmentId)).toMatchObject({ data: { appointment: null } });
    expect(await ask(open.appointmentId)).toMatchObject({ data: { appointment: { reason: 'Check-up' } } });
  });

  it('is there for a new member of the care team, and for everybody when the restriction is lifted', async () => {
    const { id, appointmentId } = await addPatient('Udo');
    await restrict(id);
    await isHidden(treating, appointmentId);
    const team = [member, treating].map((user) => String(user.id));
    await platform.send(
      SetCareTeamDocument,
      { input: { id, members: team } },
      { token: await platform.token(member) },
    );
    const appears = (user: UserRow): Promise<void> =>
      eventually(async () => {
        expect(await seesAppointment(user, appointmentId)).toBe(true);
      });
    await appears(treating);
    expect(await seesAppointment(clerk, appointmentId)).toBe(false);
    await platform.send(
      LiftPatientRestrictionDocument,
      { input: { id } },
      { token: await platform.token(administrator) },
    );
    await appears(clerk);
    expect((await patientsSeenBy(clerk, { id, search: 'udo' })).page).toBe(1);
  });
});
