import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serviceViewer, userViewer } from '../../../test/subgraph-client.js';
import {
  bookAppointment,
  newBooking,
  newId,
  setWeek,
  startAppointments,
  type AppointmentsService,
} from './appointments-service.js';
import {
  BookAppointmentDocument,
  CancelAppointmentDocument,
  GetAppointmentDocument,
  type BookAppointmentInput,
  type BookAppointmentMutation,
} from './generated/operations.js';

const staff = userViewer('STAFF');
let service: AppointmentsService;

beforeAll(async () => {
  service = await startAppointments();
});
afterAll(() => service[Symbol.asyncDispose]());

async function book(
  overrides: Partial<BookAppointmentInput> = {},
  viewer = userViewer('STAFF'),
): Promise<BookAppointmentMutation['bookAppointment']> {
  const { data, errors } = await service.ask(viewer, BookAppointmentDocument, {
    input: newBooking(overrides),
  });
  expect(errors).toBeUndefined();
  return data.bookAppointment;
}

describe('a booking', () => {
  it('answers the whole appointment, booked by the viewer', async () => {
    const input = newBooking({ dateTime: '2100-03-01T10:00:00+01:00', duration: 45 });
    const { data } = await service.ask(staff, BookAppointmentDocument, { input });
    expect(data.bookAppointment).toEqual({
      appointment: {
        id: expect.stringMatching(/^[1-9]\d*$/) as string,
        patient: { id: input.patientId },
        doctor: { id: input.doctorId },
        dateTime: '2100-03-01T09:00:00.000Z',
        endsAt: '2100-03-01T09:45:00.000Z',
        duration: 45,
        type: 'EMERGENCY',
        status: 'SCHEDULED',
        reason: 'Chest pain',
        isActive: true,
        version: 1,
        createdAt: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/) as string,
        updatedAt: data.bookAppointment.appointment?.createdAt,
        createdBy: { id: String(staff.id) },
      },
      userErrors: [],
    });
    const id = data.bookAppointment.appointment?.id ?? '';
    const read = await service.ask(staff, GetAppointmentDocument, { id });
    expect(read.data.appointment).toEqual(data.bookAppointment.appointment);
  });

  it('asks the other services in the name of this one', async () => {
    const before = [service.patients.viewers.length, service.users.viewers.length];
    await book();
    expect(service.patients.viewers.slice(before[0])).toEqual([serviceViewer('appointments')]);
    expect(service.users.viewers.slice(before[1])).toEqual([serviceViewer('appointments')]);
  });

  it('is refused in every field that breaks a rule, with INVALID_DURATION for the duration', async () => {
    expect(await book({ duration: 10, reason: ' ' })).toMatchObject({
      appointment: null,
      userErrors: [
        { code: 'INVALID_DURATION', field: ['duration'] },
        { code: 'INVALID_INPUT', field: ['reason'] },
      ],
    });
  });

  it.each(['ADMIN', 'STAFF'] as const)('is refused with notes of %s, which are clinical', async (role) => {
    expect(await book({ notes: 'Allergic' }, userViewer(role))).toMatchObject({
      appointment: null,
      userErrors: [{ code: 'FORBIDDEN', field: ['notes'] }],
    });
  });

  it('is refused with notes of a doctor for another doctor’s appointment', async () => {
    const [mine, theirs] = [userViewer('DOCTOR'), newId()];
    expect(await book({ doctorId: theirs, notes: 'Allergic' }, mine)).toMatchObject({
      appointment: null,
      userErrors: [{ code: 'FORBIDDEN', field: ['notes'] }],
    });
    expect((await book({ doctorId: String(mine.id), notes: 'Allergic' }, mine)).userErrors).toEqual([]);
  });

  it('is refused where the calendar of RFC 3339 ends', async () => {
    expect((await book({ dateTime: '9999-12-31T23:59:00Z' })).userErrors).toMatchObject([
      { code: 'INVALID_INPUT', field: ['dateTime'] },
    ]);
  });
});

describe('patient and doctor', () => {
  it.each(['abc', '-1', '007', '99999999999999'])('cannot have the id %s', async (id) => {
    expect(await book({ patientId: id, doctorId: id })).toMatchObject({
      appointment: null,
      userErrors: [
        { code: 'PATIENT_NOT_FOUND', field: ['patientId'] },
        { code: 'DOCTOR_NOT_FOUND', field: ['doctorId'] },
      ],
    });
  });

  it('must be known to their services', async () => {
    const [patientId, doctorId] = [newId(), newId()];
    service.patients.entities.set(patientId, null);
    service.users.entities.set(doctorId, null);
    expect(await book({ patientId, doctorId })).toMatchObject({
      appointment: null,
      userErrors: [{ code: 'PATIENT_NOT_FOUND' }, { code: 'DOCTOR_NOT_FOUND' }],
    });
  });

  it('must be active', async () => {
    const [patientId, doctorId] = [newId(), newId()];
    service.patients.entities.set(patientId, { isActive: false });
    service.users.entities.set(doctorId, { isActive: false });
    expect(await book({ patientId, doctorId })).toMatchObject({
      appointment: null,
      userErrors: [{ code: 'PATIENT_INACTIVE' }, { code: 'DOCTOR_INACTIVE' }],
    });
  });

  it.each(['ADMIN', 'NURSE', 'STAFF'])('cannot be a user who is %s as a doctor', async (role) => {
    const doctorId = newId();
    service.users.entities.set(doctorId, { role });
    expect((await book({ doctorId })).userErrors).toMatchObject([{ code: 'DOCTOR_NOT_FOUND' }]);
  });
});

describe('a service that cannot be asked', () => {
  it.each(['error', 'silence'] as const)(
    'refuses bookings with DEPENDENCY_UNAVAILABLE: %s',
    async (failure) => {
      await using failing = await startAppointments({ SERVICE_TIMEOUT_MS: '2000' });
      failing.patients.failure = failure;
      const input = newBooking();
      const refused = await failing.ask(staff, BookAppointmentDocument, { input });
      expect(refused.data.bookAppointment).toMatchObject({
        appointment: null,
        userErrors: [{ code: 'DEPENDENCY_UNAVAILABLE', field: ['patientId'] }],
      });
      failing.patients.failure = 'none';
      const booked = await failing.ask(staff, BookAppointmentDocument, { input });
      expect(booked.data.bookAppointment.userErrors).toEqual([]);
    },
  );

  it('refuses bookings with DEPENDENCY_UNAVAILABLE: nobody listens', async () => {
    await using failing = await startAppointments({ USERS_URL: 'http://127.0.0.1:1/graphql' });
    const { data } = await failing.ask(staff, BookAppointmentDocument, { input: newBooking() });
    expect(data.bookAppointment.userErrors).toMatchObject([
      { code: 'DEPENDENCY_UNAVAILABLE', field: ['doctorId'] },
    ]);
  });
});

describe('the time', () => {
  it('must be within the working hours, on the clocks of the doctor', async () => {
    const doctorId = await setWeek(service, { timeZone: 'America/New_York', hours: ['09:00', '17:00'] });
    const at = (dateTime: string) => book({ doctorId, dateTime, type: 'CONSULTATION' });
    expect(await at('2100-01-04T13:59:00Z')).toMatchObject({
      appointment: null,
      userErrors: [{ code: 'OUTSIDE_SCHEDULE', field: ['dateTime'] }],
    });
    // Nine o'clock in New York is 14:00 UTC in winter, and 13:00 in summer.
    expect((await at('2100-01-04T14:00:00Z')).userErrors).toEqual([]);
    expect((await at('2100-07-05T13:00:00Z')).userErrors).toEqual([]);
  });

  it('cannot be within working hours that nobody has set', async () => {
    expect((await book({ type: 'CONSULTATION' })).userErrors).toMatchObject([
      { code: 'OUTSIDE_SCHEDULE', message: 'The doctor has no working hours.' },
    ]);
  });

  it('may end at midnight where the working day does', async () => {
    const doctorId = await setWeek(service, { hours: ['00:00', '24:00'], days: ['MONDAY'] });
    const at = (dateTime: string) => book({ doctorId, dateTime, type: 'CONSULTATION' });
    expect((await at('2100-01-04T23:30:00Z')).userErrors).toEqual([]);
    expect((await at('2100-01-11T23:31:00Z')).userErrors).toMatchObject([{ code: 'OUTSIDE_SCHEDULE' }]);
  });

  it('must not have passed, but for emergencies that have just begun', async () => {
    const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
    const doctorId = await setWeek(service, { hours: ['00:00', '24:00'] });
    expect((await book({ doctorId, dateTime: ago(1), type: 'CONSULTATION' })).userErrors).toMatchObject([
      { code: 'IN_THE_PAST', field: ['dateTime'] },
    ]);
    expect((await book({ dateTime: ago(10) })).userErrors).toEqual([]);
    expect((await book({ dateTime: ago(20) })).userErrors).toMatchObject([{ code: 'IN_THE_PAST' }]);
  });
});

describe('a time that is taken', () => {
  it('gives SLOT_TAKEN, whatever part of it, and also to an emergency', async () => {
    const doctorId = newId();
    await bookAppointment(service, { doctorId, dateTime: '2100-03-01T09:00:00Z', duration: 60 });
    for (const dateTime of ['2100-03-01T08:45:00Z', '2100-03-01T09:15:00Z', '2100-03-01T09:59:00Z']) {
      expect(await book({ doctorId, dateTime })).toMatchObject({
        appointment: null,
        userErrors: [{ code: 'SLOT_TAKEN', field: ['dateTime'] }],
      });
    }
  });

  it('is not taken before its beginning and after its end', async () => {
    const doctorId = newId();
    await bookAppointment(service, { doctorId, dateTime: '2100-03-01T09:00:00Z', duration: 60 });
    for (const dateTime of ['2100-03-01T08:30:00Z', '2100-03-01T10:00:00Z']) {
      expect((await book({ doctorId, dateTime, duration: 30 })).userErrors).toEqual([]);
    }
  });

  it('gives PATIENT_CONFLICT when it is the time of the patient only', async () => {
    const patientId = newId();
    await bookAppointment(service, { patientId });
    expect((await book({ patientId })).userErrors).toMatchObject([
      { code: 'PATIENT_CONFLICT', field: ['dateTime'] },
    ]);
  });

  it('gives SLOT_TAKEN when it is the time of both', async () => {
    const { patient, doctor } = await bookAppointment(service);
    expect(
      (await book({ patientId: patient?.id ?? '', doctorId: doctor?.id ?? '' })).userErrors,
    ).toMatchObject([{ code: 'SLOT_TAKEN' }]);
  });

  it('is free again when the appointment is called off', async () => {
    const { id, doctor } = await bookAppointment(service);
    await service.ask(staff, CancelAppointmentDocument, { input: { id } });
    expect((await book({ doctorId: doctor?.id ?? '' })).userErrors).toEqual([]);
  });

  it('is taken also by a row whose is_active is NULL, which means true', async () => {
    const doctorId = newId();
    await service.database.query(
      `INSERT INTO appointments (patient_id, doctor_id, date_time, duration, type, status, reason, is_active, created_by)
       VALUES ($1, $2, '2100-03-01 09:00', 30, 'consultation', 'scheduled', 'x', NULL, 1)`,
      [newId(), doctorId],
    );
    expect((await book({ doctorId })).userErrors).toMatchObject([{ code: 'SLOT_TAKEN' }]);
  });
});

describe('an idempotency key', () => {
  it('makes a repeated booking answer the first appointment', async () => {
    const input = newBooking({ idempotencyKey: randomUUID() });
    const first = await book(input, staff);
    const second = await book({ ...input, dateTime: '2100-03-01T10:00:00+01:00' }, staff);
    expect(first.userErrors).toEqual([]);
    expect(second).toEqual(first);
  });

  it('does so when both come at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const input = newBooking({ idempotencyKey: randomUUID() });
      const answers = await Promise.all(Array.from({ length: 5 }, () => book(input, staff)));
      expect(answers[0]?.userErrors).toEqual([]);
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    }
  });

  it('does so also when the patient cannot be asked for any more', async () => {
    const input = newBooking({ idempotencyKey: randomUUID() });
    const first = await book(input, staff);
    service.patients.entities.set(input.patientId, null);
    expect(await book(input, staff)).toEqual(first);
  });

  it('is refused for another booking, also when both come at once', async () => {
    const idempotencyKey = randomUUID();
    const answers = await Promise.all([book({ idempotencyKey }, staff), book({ idempotencyKey }, staff)]);
    const booked = answers.filter(({ appointment }) => appointment !== null);
    const errors = answers.flatMap(({ userErrors }) => userErrors);
    expect(booked).toHaveLength(1);
    expect(errors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED', field: ['idempotencyKey'] }]);
  });

  it('belongs to its viewer', async () => {
    const idempotencyKey = randomUUID();
    const one = await book({ idempotencyKey }, userViewer('STAFF'));
    const other = await book({ idempotencyKey }, userViewer('STAFF'));
    expect([...one.userErrors, ...other.userErrors]).toEqual([]);
    expect(one.appointment?.id).not.toBe(other.appointment?.id);
  });

  it('is free again when the booking was refused', async () => {
    const [idempotencyKey, doctorId] = [randomUUID(), newId()];
    const taken = await bookAppointment(service, { doctorId });
    const input = newBooking({ idempotencyKey, doctorId });
    expect((await book(input, staff)).userErrors).toMatchObject([{ code: 'SLOT_TAKEN' }]);
    await service.ask(staff, CancelAppointmentDocument, { input: { id: taken.id } });
    expect((await book(input, staff)).userErrors).toEqual([]);
  });
});
