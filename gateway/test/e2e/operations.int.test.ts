import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { Kind } from 'graphql';
import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import * as operations from '../generated/operations.js';
import { startPlatformProcesses, type PlatformProcesses } from './platform/platform-processes.js';
import { connectRows, insertUser } from './platform/rows.js';

const sent = new Set<string>();
let platform: PlatformProcesses;
let administratorToken: string;

beforeAll(async () => {
  platform = await startPlatformProcesses({ GATEWAY_ENGINE: 'caregraph' });
  await using users = await connectRows(platform.databases.users.superuserUrl);
  administratorToken = await platform.token(await insertUser(users, 'ADMIN', 'First', 'Administrator'));

  return () => platform[Symbol.asyncDispose]();
});

/** Sends an operation, expects that nothing is amiss, and returns its data. */
async function succeed<Data, Variables>(
  token: string | undefined,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const [definition] = document.definitions;
  if (definition?.kind === Kind.OPERATION_DEFINITION) sent.add(definition.name?.value ?? '');
  const { status, data, errors } = await platform.send(document, variables, { token });
  expect(errors).toBeUndefined();
  expect(status).toBe(200);
  if (data == null) throw new Error('There is no data, and no error either.');
  for (const payload of Object.values(data)) {
    if (hasUserErrors(payload)) expect(payload.userErrors).toEqual([]);
  }
  return data;
}

function hasUserErrors(value: unknown): value is { userErrors: unknown[] } {
  return typeof value === 'object' && value !== null && 'userErrors' in value;
}

/** What must be there because the operation succeeded. */
function present<Value>(value: Value | null | undefined): Value {
  if (value == null) throw new Error('A value is missing from the answer.');
  return value;
}

/** Creates an account as the administrator and logs in with it. */
async function hire(role: 'DOCTOR' | 'NURSE' | 'STAFF' | 'ADMIN', firstName: string, lastName: string) {
  const email = `${firstName}.${lastName}@clinic.example`.toLowerCase();
  const password = `the password of ${firstName}`;
  const { createUser } = await succeed(administratorToken, operations.CreateUserDocument, {
    input: { email, password, firstName, lastName, role },
  });
  const { login } = await succeed(undefined, operations.LogInDocument, { input: { email, password } });
  const session = present(login.session);
  expect(session.user).toEqual({ id: createUser.user?.id, fullName: `${firstName} ${lastName}`, role });
  return { id: present(createUser.user).id, email, password, ...session };
}

/** The next Monday that is at least a week away, at midnight UTC, as YYYY-MM-DD. */
function comingMonday(): string {
  const day = new Date(Date.now() + 7 * 86_400_000);
  day.setUTCDate(day.getUTCDate() + ((8 - day.getUTCDay()) % 7));
  return day.toISOString().slice(0, 10);
}

describe('what the apps send', () => {
  const monday = comingMonday();
  const nextDay = new Date(Date.parse(`${monday}T00:00:00Z`) + 86_400_000).toISOString();

  it('administers accounts', async () => {
    const nurse = await hire('NURSE', 'Nora', 'Holm');
    const { updateUser } = await succeed(administratorToken, operations.UpdateUserDocument, {
      input: { id: nurse.id, version: 1, lastName: 'Holm-Diaz' },
    });
    expect(updateUser.user).toMatchObject({ fullName: 'Nora Holm-Diaz', version: 2 });
    const { users } = await succeed(administratorToken, operations.UsersAdministrationDocument, {
      filter: { search: 'holm-diaz', isActive: null },
    });
    expect(users?.edges.map(({ node }) => node)).toMatchObject([{ id: nurse.id, email: nurse.email }]);

    const id = nurse.id;
    await succeed(administratorToken, operations.ResetPasswordDocument, {
      input: { id, newPassword: 'given by the administrator' },
    });
    const closed = await succeed(administratorToken, operations.DeactivateUserDocument, { input: { id } });
    expect(closed.deactivateUser.user?.isActive).toBe(false);
    const opened = await succeed(administratorToken, operations.ReactivateUserDocument, { input: { id } });
    expect(opened.reactivateUser.user?.isActive).toBe(true);
  });

  it('keeps a session going, changes the password and ends the session', async () => {
    const clerk = await hire('STAFF', 'Oskar', 'Lund');
    const me = await succeed(clerk.accessToken, operations.MeDocument, { withSchedule: true });
    expect(me.me).toMatchObject({ id: clerk.id, email: clerk.email, schedule: null });
    const { refreshSession } = await succeed(undefined, operations.RefreshSessionDocument, {
      input: { refreshToken: clerk.refreshToken },
    });
    const renewed = present(refreshSession.session);
    await succeed(renewed.accessToken, operations.ChangePasswordDocument, {
      input: { currentPassword: clerk.password, newPassword: 'another password of mine' },
    });
    // The access token that changed the password is refused within seconds.
    const changed = await succeed(undefined, operations.RefreshSessionDocument, {
      input: { refreshToken: renewed.refreshToken },
    });
    const last = present(changed.refreshSession.session);
    await succeed(last.accessToken, operations.LogOutDocument, {
      input: { refreshToken: last.refreshToken },
    });
    const after = await platform.send(operations.RefreshSessionDocument, {
      input: { refreshToken: last.refreshToken },
    });
    expect(after.data?.refreshSession.userErrors.map(({ code }) => code)).toEqual(['INVALID_REFRESH_TOKEN']);
  });

  it('shows the sessions of a user and revokes them', async () => {
    const nurse = await hire('NURSE', 'Selma', 'Roth');
    const { sessions } = await succeed(nurse.accessToken, operations.SessionsDocument, {});
    expect(sessions?.edges.map(({ node }) => node)).toMatchObject([
      { user: { id: nurse.id, fullName: 'Selma Roth' }, endedAt: null, isCurrent: true },
    ]);
    const { revokeSession } = await succeed(administratorToken, operations.RevokeSessionDocument, {
      input: { id: present(sessions?.edges[0]).node.id },
    });
    expect(revokeSession.userSession).toMatchObject({ endReason: 'REVOKED' });
    const { revokeAllSessions } = await succeed(administratorToken, operations.RevokeAllSessionsDocument, {
      input: { userId: nurse.id },
    });
    expect(revokeAllSessions.revokedCount).toBe(0);
  });

  it('registers a patient, finds and changes the record', async () => {
    const nurse = await hire('NURSE', 'Mina', 'Acar');
    const { createPatient } = await succeed(nurse.accessToken, operations.RegisterPatientDocument, {
      input: {
        firstName: 'Élodie',
        lastName: 'Tremblay',
        dateOfBirth: '1990-02-28',
        gender: 'FEMALE',
        phone: '+1 555 0199',
        email: 'elodie@clinic.example',
        address: { line: '1 Main Street', city: 'Springfield', state: 'IL', zipCode: '62701' },
        insurance: { provider: 'Mutual', policyNumber: 'M-1' },
        emergencyContact: { name: 'Luc Tremblay', phone: '+1 555 0198', relationship: 'Brother' },
        allergies: 'Latex',
      },
    });
    const patient = present(createPatient.patient);
    expect(patient).toMatchObject({
      fullName: 'Élodie Tremblay',
      address: { city: 'Springfield' },
      createdBy: { id: nurse.id, fullName: 'Mina Acar' },
    });
    const { patients } = await succeed(nurse.accessToken, operations.FindPatientsDocument, {
      search: 'elo trem',
    });
    expect(patients?.edges.map(({ node }) => node.id)).toEqual([patient.id]);
    const { updatePatient } = await succeed(nurse.accessToken, operations.UpdatePatientDocument, {
      input: { id: patient.id, version: patient.version, phone: '+1 555 0100', insurance: null },
    });
    expect(updatePatient.patient).toMatchObject({ phone: '+1 555 0100', version: 2 });
    const input = { id: patient.id };
    await succeed(nurse.accessToken, operations.DeactivatePatientDocument, { input });
    await succeed(nurse.accessToken, operations.ReactivatePatientDocument, { input });
    const page = await succeed(nurse.accessToken, operations.PatientPageDocument, {
      ...input,
      clinical: true,
    });
    expect(page.patient).toMatchObject({ allergies: 'Latex', isActive: true, appointments: { edges: [] } });
  });

  it('restricts a record to its care team, and lifts that again', async () => {
    const doctor = await hire('DOCTOR', 'Aya', 'Sato');
    const nurse = await hire('NURSE', 'Ines', 'Roca');
    const { createPatient } = await succeed(doctor.accessToken, operations.RegisterPatientDocument, {
      input: {
        firstName: 'Lena',
        lastName: 'Falk',
        dateOfBirth: '1988-04-04',
        gender: 'FEMALE',
        phone: '5550124',
        email: 'lena@clinic.example',
      },
    });
    const { id } = present(createPatient.patient);
    const aya = { id: doctor.id, fullName: 'Aya Sato', role: 'DOCTOR' };
    const ines = { id: nurse.id, fullName: 'Ines Roca', role: 'NURSE' };
    const restricted = await succeed(doctor.accessToken, operations.RestrictPatientDocument, {
      input: { id, version: 1, careTeam: [nurse.id], reason: 'Works at the clinic' },
    });
    expect(restricted.restrictPatient.patient).toEqual({
      ...{ id, isRestricted: true, version: 2 },
      careTeam: [aya, ines].sort((one, other) => Number(one.id) - Number(other.id)),
    });
    const members = [doctor.id];
    const changed = await succeed(doctor.accessToken, operations.SetCareTeamDocument, {
      input: { id, members },
    });
    expect(changed.setCareTeam.patient).toMatchObject({ isRestricted: true, careTeam: [aya] });
    const lifted = await succeed(administratorToken, operations.LiftPatientRestrictionDocument, {
      input: { id },
    });
    expect(lifted.liftPatientRestriction.patient).toMatchObject({ isRestricted: false, careTeam: [aya] });
  });

  it('plans, books, moves and carries out appointments', async () => {
    const doctor = await hire('DOCTOR', 'Hana', 'Novak');
    const clerk = await hire('STAFF', 'Per', 'Dahl');
    const doctorId = doctor.id;
    const { setDoctorSchedule } = await succeed(doctor.accessToken, operations.SetDoctorScheduleDocument, {
      input: {
        doctorId,
        timeZone: 'UTC',
        days: [{ dayOfWeek: 'MONDAY', startTime: '09:00', endTime: '12:00' }],
      },
    });
    expect(setDoctorSchedule.doctor).toMatchObject({
      fullName: 'Hana Novak',
      schedule: [{ dayOfWeek: 'MONDAY', startTime: '09:00', timeZone: 'UTC' }],
    });
    const { users } = await succeed(clerk.accessToken, operations.FindDoctorsDocument, { search: 'novak' });
    expect(users?.edges.map(({ node }) => node.id)).toEqual([doctorId]);
    const { createPatient } = await succeed(clerk.accessToken, operations.RegisterPatientDocument, {
      input: {
        firstName: 'Ravi',
        lastName: 'Iyer',
        dateOfBirth: '1970-06-01',
        gender: 'MALE',
        phone: '5550123',
        email: 'ravi@clinic.example',
      },
    });
    const patientId = present(createPatient.patient).id;

    const free = { doctorId, from: `${monday}T00:00:00Z`, to: nextDay, duration: 60 };
    const { availableSlots } = await succeed(clerk.accessToken, operations.FreeSlotsDocument, free);
    const [firstSlot, secondSlot, thirdSlot] = availableSlots;
    expect(firstSlot).toEqual({ startsAt: `${monday}T09:00:00.000Z`, endsAt: `${monday}T10:00:00.000Z` });

    const slot = {
      doctorId,
      dateTime: present(secondSlot).startsAt,
      duration: 60,
      type: 'CONSULTATION',
    } as const;
    const { holdSlot } = await succeed(clerk.accessToken, operations.HoldSlotDocument, { input: slot });
    const held = present(holdSlot.slotHold);
    expect(held).toMatchObject({ ...secondSlot, doctor: { id: doctorId, fullName: 'Hana Novak' } });
    const whileHeld = await succeed(doctor.accessToken, operations.FreeSlotsDocument, free);
    expect(whileHeld.availableSlots).toEqual([firstSlot, thirdSlot]);
    const { releaseHold } = await succeed(clerk.accessToken, operations.ReleaseHoldDocument, {
      input: { id: held.id },
    });
    expect(releaseHold.slotHold?.id).toBe(held.id);

    const book = async (dateTime: string, idempotencyKey: string) => {
      const { bookAppointment } = await succeed(clerk.accessToken, operations.BookAppointmentDocument, {
        input: {
          patientId,
          doctorId,
          dateTime,
          duration: 30,
          type: 'CONSULTATION',
          reason: 'Back pain',
          idempotencyKey,
        },
      });
      return present(bookAppointment.appointment);
    };
    const rule = { type: 'PROCEDURE', bufferBefore: 5, bufferAfter: 10, minimumNotice: 0 } as const;
    const { setAppointmentTypeRule } = await succeed(
      administratorToken,
      operations.SetAppointmentTypeRuleDocument,
      { input: rule },
    );
    expect(setAppointmentTypeRule.appointmentTypeRule).toEqual(rule);
    const { appointmentTypeRules } = await succeed(
      clerk.accessToken,
      operations.AppointmentTypeRulesDocument,
      {},
    );
    expect(appointmentTypeRules).toContainEqual(rule);
    const override = { outsideSchedule: true, reason: 'Comes from far away' };
    const { bookAppointment: overriding } = await succeed(
      clerk.accessToken,
      operations.BookByOverrideDocument,
      {
        input: {
          ...{ patientId, doctorId, dateTime: nextDay, duration: 30, override },
          ...{ type: 'PROCEDURE', reason: 'Stitches' },
        },
      },
    );
    const waived = { ...override, doctorOverlap: false, patientOverlap: false };
    expect(overriding.appointment?.override).toEqual(waived);
    const first = await book(present(firstSlot).startsAt, 'first');
    expect(first).toMatchObject({
      status: 'SCHEDULED',
      patient: { id: patientId, fullName: 'Ravi Iyer' },
      doctor: { id: doctorId, fullName: 'Hana Novak' },
    });
    expect((await book(present(firstSlot).startsAt, 'first')).id).toBe(first.id);
    const second = await book(present(secondSlot).startsAt, 'second');

    const input = { id: first.id };
    await succeed(doctor.accessToken, operations.UpdateAppointmentDocument, {
      input: { ...input, type: 'FOLLOW_UP', notes: 'Bring the old X-rays' },
    });
    const moved = await succeed(clerk.accessToken, operations.RescheduleAppointmentDocument, {
      input: { ...input, dateTime: present(thirdSlot).startsAt },
    });
    expect(moved.rescheduleAppointment.appointment?.dateTime).toBe(present(thirdSlot).startsAt);
    const page = await succeed(doctor.accessToken, operations.AppointmentPageDocument, {
      ...input,
      clinical: true,
    });
    expect(page.appointment).toMatchObject({
      type: 'FOLLOW_UP',
      notes: 'Bring the old X-rays',
      duration: 30,
    });

    await succeed(clerk.accessToken, operations.ConfirmAppointmentDocument, { input });
    const cancelled = await succeed(clerk.accessToken, operations.CancelAppointmentDocument, {
      input: { id: second.id, reason: 'Has a cold' },
    });
    expect(cancelled.cancelAppointment.appointment?.status).toBe('CANCELLED');
    await book(present(secondSlot).startsAt, 'third');

    const range = { doctorId, from: free.from, to: free.to };
    const day = await succeed(doctor.accessToken, operations.DoctorsDayDocument, range);
    expect(day.appointments?.edges.map(({ node }) => node.status).sort()).toEqual([
      'CANCELLED',
      'CONFIRMED',
      'SCHEDULED',
    ]);
    const week = await succeed(clerk.accessToken, operations.DoctorsWeekDocument, range);
    expect(week.user?.appointments?.edges.map(({ node }) => node.status)).toEqual(['SCHEDULED', 'CONFIRMED']);

    // What has its time is done with those who are there now.
    const bookNow = async () => {
      const { bookAppointment } = await succeed(clerk.accessToken, operations.BookAppointmentDocument, {
        input: {
          ...{ patientId, doctorId, dateTime: new Date().toISOString(), duration: 15 },
          ...{ type: 'EMERGENCY', reason: 'Chest pain' },
        },
      });
      return { id: present(bookAppointment.appointment).id };
    };
    const urgent = { input: await bookNow() };
    await succeed(clerk.accessToken, operations.ConfirmAppointmentDocument, urgent);
    await succeed(doctor.accessToken, operations.StartAppointmentDocument, urgent);
    const done = await succeed(doctor.accessToken, operations.CompleteAppointmentDocument, urgent);
    expect(done.completeAppointment.appointment?.status).toBe('COMPLETED');
    const missed = await succeed(clerk.accessToken, operations.MarkAppointmentNoShowDocument, {
      input: await bookNow(),
    });
    expect(missed.markAppointmentNoShow.appointment?.status).toBe('NO_SHOW');
    const after = await succeed(doctor.accessToken, operations.AppointmentPageDocument, {
      ...urgent.input,
      clinical: false,
    });
    expect(after.appointment?.history).toMatchObject([
      { from: null, to: 'SCHEDULED', by: { id: clerk.id } },
      { from: 'SCHEDULED', to: 'CONFIRMED', by: { id: clerk.id } },
      { from: 'CONFIRMED', to: 'IN_PROGRESS', by: { id: doctorId, fullName: 'Hana Novak' } },
      { from: 'IN_PROGRESS', to: 'COMPLETED', by: { id: doctorId }, reason: null },
    ]);
  });

  it('plans time off, extra hours and holidays, and finds what is left', async () => {
    const doctor = await hire('DOCTOR', 'Ida', 'Lind');
    const clerk = await hire('STAFF', 'Jon', 'Vik');
    const doctorId = doctor.id;
    await succeed(clerk.accessToken, operations.SetDoctorScheduleDocument, {
      input: {
        doctorId,
        timeZone: 'UTC',
        days: [{ dayOfWeek: 'MONDAY', startTime: '09:00', endTime: '12:00' }],
      },
    });
    const next = { doctorIds: [doctorId], from: `${monday}T00:00:00Z`, duration: 60, first: 1 };
    const ofDoctor = { doctor: { id: doctorId, fullName: 'Ida Lind' } };
    const first = await succeed(clerk.accessToken, operations.NextAvailableSlotsDocument, next);
    expect(first.nextAvailableSlots).toMatchObject([{ ...ofDoctor, startsAt: `${monday}T09:00:00.000Z` }]);
    const { addTimeOff } = await succeed(doctor.accessToken, operations.AddTimeOffDocument, {
      input: { doctorId, firstDate: monday, lastDate: monday, reason: 'Conference' },
    });
    expect(addTimeOff).toMatchObject({
      scheduleException: { kind: 'TIME_OFF', ...ofDoctor },
      affectedCount: 0,
    });
    const { addExtraHours } = await succeed(clerk.accessToken, operations.AddExtraHoursDocument, {
      input: { doctorId, date: monday, startTime: '18:00', endTime: '20:00' },
    });
    const then = await succeed(clerk.accessToken, operations.NextAvailableSlotsDocument, next);
    expect(then.nextAvailableSlots).toMatchObject([{ startsAt: `${monday}T18:00:00.000Z` }]);
    const holiday = { date: '2040-12-25', name: 'Christmas Day' };
    await succeed(administratorToken, operations.AddClinicHolidayDocument, { input: holiday });
    const { clinicHolidays } = await succeed(clerk.accessToken, operations.ClinicHolidaysDocument, {
      ...{ from: '2040-01-01', to: '2040-12-31' },
    });
    expect(clinicHolidays).toMatchObject([{ firstDate: '2040-12-25', reason: 'Christmas Day' }]);
    await succeed(clerk.accessToken, operations.RemoveScheduleExceptionDocument, {
      input: { id: present(addTimeOff.scheduleException).id },
    });
    const { user } = await succeed(clerk.accessToken, operations.ScheduleExceptionsDocument, {
      ...{ doctorId, from: monday, to: monday },
    });
    expect(user?.scheduleExceptions?.map(({ id }) => id)).toEqual([
      present(addExtraHours.scheduleException).id,
    ]);
  });

  it('shows administrators who has seen and changed what', async () => {
    const doctor = await hire('DOCTOR', 'Ada', 'Quist');
    const registered = await succeed(doctor.accessToken, operations.RegisterPatientDocument, {
      input: {
        ...{ firstName: 'Alva', lastName: 'Berg', dateOfBirth: '1990-05-17', gender: 'FEMALE' },
        ...{ phone: '+1 555 010 0177', email: 'alva.berg@example.com' },
      },
    });
    const { id } = present(registered.createPatient.patient);
    const { patient } = await succeed(administratorToken, operations.PatientAccessLogDocument, { id });
    const seen = present(patient?.accessLog).edges.map(({ node }) => node);
    expect(seen).toContainEqual(expect.objectContaining({ action: 'CREATE', outcome: 'SUCCESS' }));

    const filter = { userId: doctor.id };
    const { usersAuditLog } = await succeed(administratorToken, operations.UsersAuditLogDocument, { filter });
    expect(usersAuditLog?.edges.map(({ node }) => node.action)).toContain('LOGIN');
    const { patientsAuditLog } = await succeed(administratorToken, operations.PatientsAuditLogDocument, {
      filter,
    });
    expect(patientsAuditLog?.edges.map(({ node }) => node.action)).toContain('CREATE');
    const { appointmentsAuditLog } = await succeed(
      administratorToken,
      operations.AppointmentsAuditLogDocument,
      { filter },
    );
    expect(appointmentsAuditLog?.edges).toEqual([]);
  });

  it('has all been sent by the tests above', () => {
    const files = readdirSync(new URL('../../operations/', import.meta.url)).map((file) =>
      file
        .replace('.graphql', '')
        .replace(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase()),
    );
    expect([...sent].sort()).toEqual(files.sort());
  });
});
