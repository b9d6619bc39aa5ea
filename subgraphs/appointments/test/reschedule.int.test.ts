import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userViewer } from '../../../test/subgraph-client.js';
import {
  bookAppointment,
  newId,
  setWeek,
  startAppointments,
  type AppointmentsService,
} from './appointments-service.js';
import {
  CancelAppointmentDocument,
  ConfirmAppointmentDocument,
  RescheduleAppointmentDocument,
  StartAppointmentDocument,
  type RescheduleAppointmentInput,
  type RescheduleAppointmentMutation,
} from './generated/operations.js';

const nurse = userViewer('NURSE');
let service: AppointmentsService;

beforeAll(async () => {
  service = await startAppointments();
});
afterAll(() => service[Symbol.asyncDispose]());

async function reschedule(
  input: RescheduleAppointmentInput,
): Promise<RescheduleAppointmentMutation['rescheduleAppointment']> {
  const { data, errors } = await service.ask(nurse, RescheduleAppointmentDocument, { input });
  expect(errors).toBeUndefined();
  return data.rescheduleAppointment;
}

describe('rescheduling', () => {
  it('moves an appointment, which keeps its id, its length and its status', async () => {
    const before = await bookAppointment(service, { duration: 45 });
    const { appointment, userErrors } = await reschedule({ id: before.id, dateTime: '2100-03-02T12:00:00Z' });
    expect(userErrors).toEqual([]);
    expect(appointment).toEqual({
      ...before,
      dateTime: '2100-03-02T12:00:00.000Z',
      endsAt: '2100-03-02T12:45:00.000Z',
      version: 2,
      updatedAt: appointment?.updatedAt,
    });
  });

  it('may overlap the time that the appointment had, and change its length', async () => {
    const { id } = await bookAppointment(service, { dateTime: '2100-03-01T09:00:00Z', duration: 60 });
    const { appointment } = await reschedule({ id, dateTime: '2100-03-01T09:30:00Z', duration: 90 });
    expect(appointment).toMatchObject({ duration: 90, endsAt: '2100-03-01T11:00:00.000Z' });
  });

  it('frees the time that the appointment had', async () => {
    const { id, doctor } = await bookAppointment(service, { dateTime: '2100-03-01T09:00:00Z' });
    await reschedule({ id, dateTime: '2100-03-01T15:00:00Z' });
    await bookAppointment(service, { doctorId: doctor?.id ?? '', dateTime: '2100-03-01T09:00:00Z' });
  });

  it('gives SLOT_TAKEN or PATIENT_CONFLICT for a time that is taken', async () => {
    const [doctorId, patientId] = [newId(), newId()];
    const { id } = await bookAppointment(service, { doctorId, patientId, dateTime: '2100-03-01T09:00:00Z' });
    await bookAppointment(service, { doctorId, dateTime: '2100-03-01T10:00:00Z' });
    await bookAppointment(service, { patientId, dateTime: '2100-03-01T11:00:00Z' });
    expect(await reschedule({ id, dateTime: '2100-03-01T09:45:00Z' })).toMatchObject({
      appointment: null,
      userErrors: [{ code: 'SLOT_TAKEN', field: ['dateTime'] }],
    });
    expect((await reschedule({ id, dateTime: '2100-03-01T11:00:00Z' })).userErrors).toMatchObject([
      { code: 'PATIENT_CONFLICT' },
    ]);
  });

  it('lets one of two appointments have a time that both are moved to at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const doctorId = newId();
      const booked = await Promise.all(
        ['09', '10', '11'].map((hour) =>
          bookAppointment(service, { doctorId, dateTime: `2100-03-01T${hour}:00:00Z` }),
        ),
      );
      const answers = await Promise.all(
        booked.map(({ id }) => reschedule({ id, dateTime: '2100-03-01T15:00:00Z' })),
      );
      const codes = answers.flatMap(({ userErrors }) => userErrors.map(({ code }) => code));
      expect(codes).toEqual(['SLOT_TAKEN', 'SLOT_TAKEN']);
    }
  });

  it('holds the new time against the schedule and the clock', async () => {
    const doctorId = await setWeek(service, { hours: ['08:00', '12:00'] });
    const { id } = await bookAppointment(service, {
      doctorId,
      dateTime: '2100-03-01T09:00:00Z',
      type: 'CONSULTATION',
    });
    expect((await reschedule({ id, dateTime: '2100-03-01T11:45:00Z' })).userErrors).toMatchObject([
      { code: 'OUTSIDE_SCHEDULE' },
    ]);
    expect((await reschedule({ id, dateTime: '2020-03-02T09:00:00Z' })).userErrors).toMatchObject([
      { code: 'IN_THE_PAST' },
    ]);
  });

  it('asks again for patient and doctor', async () => {
    const { id, patient } = await bookAppointment(service);
    service.patients.entities.set(patient?.id ?? '', { isActive: false });
    expect((await reschedule({ id, dateTime: '2100-03-01T12:00:00Z' })).userErrors).toMatchObject([
      { code: 'PATIENT_INACTIVE' },
    ]);
  });

  it('is for what is scheduled or confirmed', async () => {
    const { id } = await bookAppointment(service, { dateTime: new Date().toISOString() });
    await service.ask(nurse, ConfirmAppointmentDocument, { input: { id } });
    expect(
      (await reschedule({ id, dateTime: new Date(Date.now() + 1_000).toISOString() })).appointment?.status,
    ).toBe('CONFIRMED');
    await service.ask(nurse, StartAppointmentDocument, { input: { id } });
    expect((await reschedule({ id, dateTime: '2100-03-01T13:00:00Z' })).userErrors).toMatchObject([
      { code: 'INVALID_TRANSITION', field: ['id'] },
    ]);
    await service.ask(nurse, CancelAppointmentDocument, { input: { id } });
    expect((await reschedule({ id, dateTime: '2100-03-01T13:00:00Z' })).userErrors).toMatchObject([
      { code: 'INVALID_TRANSITION' },
    ]);
  });

  it('refuses a stale version, an impossible duration and an appointment that is not there', async () => {
    const { id } = await bookAppointment(service);
    const dateTime = '2100-03-01T12:00:00Z';
    expect((await reschedule({ id, dateTime, version: 2 })).userErrors).toMatchObject([
      { code: 'STALE_VERSION', field: ['version'] },
    ]);
    expect((await reschedule({ id, dateTime, version: 1, duration: 14 })).userErrors).toMatchObject([
      { code: 'INVALID_DURATION', field: ['duration'] },
    ]);
    for (const missing of ['abc', '2147483647']) {
      expect((await reschedule({ id: missing, dateTime })).userErrors).toMatchObject([
        { code: 'NOT_FOUND', field: ['id'] },
      ]);
    }
  });
});
