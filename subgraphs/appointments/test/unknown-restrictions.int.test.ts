import type { Viewer } from '@caregraph/service-kit';
import { describe, expect, it, vi } from 'vitest';
import { userViewer } from '../../../test/subgraph-client.js';
import {
  becomesReady,
  bookAppointment,
  newBooking,
  newId,
  startAppointments,
  type AppointmentsService,
} from './appointments-service.js';
import {
  BookAppointmentDocument,
  CancelAppointmentDocument,
  CountAppointmentsDocument,
  GetAppointmentDocument,
  ListAppointmentsDocument,
  RescheduleAppointmentDocument,
  type AppointmentFieldsFragment,
} from './generated/operations.js';

const nurse = userViewer('NURSE');

/** What the service says about its readiness. */
async function readinessOf({ url }: AppointmentsService): Promise<{ status: number; checks: unknown }> {
  const response = await fetch(new URL('/health/ready', url));
  const { checks } = (await response.json()) as { checks: unknown };
  return { status: response.status, checks };
}

/** The error codes of everything that asks about one appointment. */
async function codesOf(
  service: AppointmentsService,
  viewer: Viewer,
  { id, patient }: Pick<AppointmentFieldsFragment, 'id' | 'patient'>,
): Promise<unknown[]> {
  const patientId = patient?.id ?? '';
  const answers = await Promise.all([
    service.ask(viewer, GetAppointmentDocument, { id }),
    service.ask(viewer, ListAppointmentsDocument, { filter: { patientId } }),
    service.ask(viewer, CountAppointmentsDocument, { filter: { patientId } }),
    service.ask(viewer, CancelAppointmentDocument, { input: { id, version: 99 } }),
    service.ask(viewer, RescheduleAppointmentDocument, {
      input: { id, version: 99, dateTime: '2100-09-01T09:00:00Z' },
    }),
    service.ask(viewer, BookAppointmentDocument, { input: newBooking() }),
    service.resolveReferences(viewer, '... on Appointment { id }', [{ __typename: 'Appointment', id }]),
    service.resolveReferences(viewer, '... on Patient { appointments { totalCount } }', [
      { __typename: 'Patient', id: patientId },
    ]),
  ]);
  return answers.map(({ errors }) => errors?.map(({ extensions }) => extensions?.['code']).join());
}

describe('while nobody has said which patients are restricted', () => {
  it('nothing that belongs to a patient is answered, and the service is not ready', async () => {
    await using known = await startAppointments();
    const appointment = await bookAppointment(known);
    await using service = await startAppointments({}, { failure: 'error' });
    expect(await readinessOf(service)).toEqual({
      status: 503,
      checks: { database: 'ok', restrictions: 'failed' },
    });
    const codes = await codesOf(service, nurse, appointment);
    expect(new Set(codes)).toEqual(new Set(['DOWNSTREAM_SERVICE_ERROR']));
    service.patients.failure = 'none';
    await becomesReady(service);
    expect(
      (await service.ask(nurse, GetAppointmentDocument, { id: appointment.id })).data.appointment?.id,
    ).toBe(appointment.id);
  });
});

describe('while the patients service cannot be asked', () => {
  it('what it said last holds, and the service stays ready', async () => {
    await using service = await startAppointments();
    const [hidden, open] = [await bookAppointment(service), await bookAppointment(service)];
    service.patients.restricted.set(hidden.patient?.id ?? '', [Number(newId())]);
    await service.patients.restrictionsKnown();
    service.patients.failure = 'error';
    await service.patients.restrictionsAsked();
    await service.patients.restrictionsAsked();
    expect((await readinessOf(service)).status).toBe(200);
    const read = async ({ id }: AppointmentFieldsFragment) =>
      service.ask(nurse, GetAppointmentDocument, { id });
    expect(await read(hidden)).toEqual({ data: { appointment: null } });
    expect((await read(open)).data.appointment?.id).toBe(open.id);
  });
});

describe('when the patients service says nothing for too long', () => {
  it('nothing that belongs to a patient is answered, until it says something', async () => {
    await using service = await startAppointments({
      RESTRICTIONS_OUTAGE_SECONDS: '5',
      SERVICE_TIMEOUT_MS: '500',
    });
    const appointment = await bookAppointment(service);
    service.patients.failure = 'silence';
    await vi.waitFor(
      async () => {
        expect(await readinessOf(service)).toEqual({
          status: 503,
          checks: { database: 'ok', restrictions: 'failed' },
        });
      },
      { timeout: 30_000, interval: 20 },
    );
    const codes = await codesOf(service, nurse, appointment);
    expect(new Set(codes)).toEqual(new Set(['DOWNSTREAM_SERVICE_ERROR']));
    service.patients.failure = 'none';
    await becomesReady(service);
    const { data } = await service.ask(nurse, GetAppointmentDocument, { id: appointment.id });
    expect(data.appointment?.id).toBe(appointment.id);
  });

  it('a question is given up long before a call may take', async () => {
    await using service = await startAppointments({ SERVICE_TIMEOUT_MS: '600000' }, { failure: 'silence' });
    service.patients.failure = 'none';
    await becomesReady(service);
  });
});

describe('bookings while the patient is being restricted', () => {
  it('are made before, or find nobody; and none is seen from outside the care team afterwards', async () => {
    await using service = await startAppointments();
    const clerk = userViewer('STAFF');
    for (let round = 0; round < 3; round += 1) {
      const [patientId, doctorId] = [newId(), newId()];
      const attempt = (place: number) =>
        service.ask(clerk, BookAppointmentDocument, {
          input: newBooking({
            ...{ patientId, doctorId },
            dateTime: new Date(Date.parse('2100-10-01T08:00:00Z') + place * 3_600_000).toISOString(),
          }),
        });
      const before = Array.from({ length: 10 }, (_, place) => attempt(place));
      await before[0];
      service.patients.restricted.set(patientId, [nurse.id, Number(doctorId)]);
      const after = Array.from({ length: 10 }, (_, place) => attempt(place + 10));
      const outcomes = await Promise.all([...before, ...after]);
      for (const { data } of outcomes) {
        const { appointment, userErrors } = data.bookAppointment;
        expect(appointment === null ? userErrors : []).toEqual(
          appointment === null ? [expect.objectContaining({ code: 'PATIENT_NOT_FOUND' })] : [],
        );
      }
      const booked = outcomes.flatMap(({ data }) => data.bookAppointment.appointment?.id ?? []);
      expect(outcomes.slice(10).flatMap(({ data }) => data.bookAppointment.appointment ?? [])).toEqual([]);
      await service.patients.restrictionsKnown();
      for (const id of booked) {
        expect((await service.ask(clerk, GetAppointmentDocument, { id })).data.appointment).toBeNull();
      }
      const { data } = await service.ask(nurse, CountAppointmentsDocument, { filter: { patientId } });
      expect(data.appointments?.totalCount).toBe(booked.length);
    }
  });
});
