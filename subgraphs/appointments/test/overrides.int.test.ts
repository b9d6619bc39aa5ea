import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userViewer } from '../../../test/subgraph-client.js';
import {
  bookAppointment,
  newBooking,
  newId,
  startAppointments,
  type AppointmentsService,
} from './appointments-service.js';
import {
  BookByOverrideDocument,
  ConfirmAppointmentDocument,
  RescheduleByOverrideDocument,
  type BookAppointmentInput,
  type BookByOverrideMutation,
  type RescheduleAppointmentInput,
  type RescheduleByOverrideMutation,
} from './generated/operations.js';

const administrator = userViewer('ADMIN');
const reason = 'The patient has come from far away.';
const everything = { outsideSchedule: true, doctorOverlap: true, patientOverlap: true, reason };
let service: AppointmentsService;

beforeAll(async () => {
  service = await startAppointments();
});
afterAll(() => service[Symbol.asyncDispose]());

async function book(
  input: Partial<BookAppointmentInput>,
  viewer = administrator,
): Promise<BookByOverrideMutation['bookAppointment']> {
  const { data, errors } = await service.ask(viewer, BookByOverrideDocument, { input: newBooking(input) });
  expect(errors).toBeUndefined();
  return data.bookAppointment;
}

async function reschedule(
  input: RescheduleAppointmentInput,
  viewer = administrator,
): Promise<RescheduleByOverrideMutation['rescheduleAppointment']> {
  const { data, errors } = await service.ask(viewer, RescheduleByOverrideDocument, { input });
  expect(errors).toBeUndefined();
  return data.rescheduleAppointment;
}

async function overridesOf(id: string): Promise<unknown[]> {
  const { rows } = await service.database.query<Record<string, unknown>>(
    `SELECT record_type, patient_ids, fields, operation, outcome, actor_user_id FROM audit_entries
     WHERE action = 'override' AND record_ids = ARRAY[$1] ORDER BY id`,
    [id],
  );
  return rows;
}

describe('an override', () => {
  it('books outside the working hours, and never in the past', async () => {
    const override = { outsideSchedule: true, reason };
    const booked = await book({ type: 'CONSULTATION', override });
    expect(booked).toMatchObject({
      appointment: {
        override: { outsideSchedule: true, doctorOverlap: false, patientOverlap: false, reason },
      },
      userErrors: [],
    });
    const past = { type: 'CONSULTATION', dateTime: '2020-03-01T09:00:00Z', override } as const;
    expect((await book(past)).userErrors).toMatchObject([{ code: 'IN_THE_PAST' }]);
  });

  it('waives neither who the patient is nor who the doctor is', async () => {
    const [patientId, doctorId] = [newId(), newId()];
    service.patients.entities.set(patientId, { isActive: false });
    service.users.entities.set(doctorId, { isActive: false });
    expect((await book({ patientId, doctorId, override: everything })).userErrors).toMatchObject([
      { code: 'PATIENT_INACTIVE' },
      { code: 'DOCTOR_INACTIVE' },
    ]);
  });

  it.each([
    ['doctorOverlap', 'SLOT_TAKEN', 'doctorId'],
    ['patientOverlap', 'PATIENT_CONFLICT', 'patientId'],
  ] as const)('of %s books what is %s without, and blocks later bookings', async (rule, code, shared) => {
    const common = { [shared]: newId() };
    const first = await bookAppointment(service, common);
    expect((await book(common)).userErrors).toMatchObject([{ code }]);
    const override = { [rule]: true, reason };
    const dateTime = '2100-03-01T09:15:00Z';
    expect((await book({ ...common, dateTime, override })).userErrors).toEqual([]);
    // Clear of the first one.
    expect((await book({ ...common, dateTime: '2100-03-01T09:30:00Z' })).userErrors).toMatchObject([
      { code, field: ['dateTime'] },
    ]);
    const { data } = await service.ask(administrator, ConfirmAppointmentDocument, {
      input: { id: first.id },
    });
    expect(data.change.userErrors).toEqual([]);
    const moved = await bookAppointment(service, { ...common, dateTime: '2100-03-01T12:00:00Z' });
    expect((await reschedule({ id: moved.id, dateTime: '2100-03-01T09:30:00Z' })).userErrors).toMatchObject([
      { code },
    ]);
  });

  it('waives only what it names', async () => {
    const { patient, doctor } = await bookAppointment(service);
    const both = { patientId: patient?.id ?? '', doctorId: doctor?.id ?? '' };
    const withOverride = (rule: 'doctorOverlap' | 'patientOverlap') =>
      book({ ...both, override: { [rule]: true, reason } });
    expect((await withOverride('doctorOverlap')).userErrors).toMatchObject([{ code: 'PATIENT_CONFLICT' }]);
    expect((await withOverride('patientOverlap')).userErrors).toMatchObject([{ code: 'SLOT_TAKEN' }]);
    expect((await book({ ...both, override: everything })).userErrors).toEqual([]);
  });

  it.each([
    [{ reason }, ['override']],
    [{ outsideSchedule: false, reason }, ['override']],
    [{ outsideSchedule: true, reason: ' ' }, ['override', 'reason']],
    [{ outsideSchedule: true, reason: 'x'.repeat(1_001) }, ['override', 'reason']],
  ])('says what it waives, and why: %o', async (override, field) => {
    expect(await book({ override })).toMatchObject({
      appointment: null,
      userErrors: [{ code: 'INVALID_INPUT', field }],
    });
  });

  it('is a doctor’s for own appointments only', async () => {
    const doctor = userViewer('DOCTOR');
    const theirs = await book({ override: everything }, doctor);
    expect(theirs.userErrors).toMatchObject(
      ['outsideSchedule', 'doctorOverlap', 'patientOverlap'].map((rule) => ({
        code: 'FORBIDDEN',
        field: ['override', rule],
      })),
    );
    const mine = await book({ doctorId: String(doctor.id), override: everything }, doctor);
    expect(mine.userErrors).toEqual([]);
  });

  it.each([
    ['STAFF', { doctorOverlap: true }],
    ['STAFF', { patientOverlap: true }],
    ['NURSE', { doctorOverlap: true }],
    ['NURSE', { outsideSchedule: true }],
  ] as const)('is not for %s: %o', async (role, rule) => {
    const { userErrors } = await book({ override: { ...rule, reason } }, userViewer(role));
    expect(userErrors).toMatchObject([{ code: 'FORBIDDEN', field: ['override', Object.keys(rule)[0]] }]);
  });

  it('leaves an entry in the trail for each success, and none for a refusal or a repetition', async () => {
    const input = { patientId: newId(), override: everything, idempotencyKey: randomUUID() };
    const request = newBooking(input);
    const { appointment } = await book(request);
    expect((await book(request)).appointment?.id).toBe(appointment?.id);
    const id = appointment?.id ?? '';
    const entry = {
      record_type: 'Appointment',
      patient_ids: [Number(input.patientId)],
      fields: ['outsideSchedule', 'doctorOverlap', 'patientOverlap'],
      operation: 'Mutation.bookAppointment',
      outcome: 'success',
      actor_user_id: administrator.id,
    };
    expect(await overridesOf(id)).toEqual([entry]);
    const override = { outsideSchedule: true, reason };
    await reschedule({ id, dateTime: '2020-03-01T09:00:00Z', override });
    await reschedule({ id, dateTime: '2100-03-02T09:00:00Z', override });
    expect(await overridesOf(id)).toEqual([
      entry,
      { ...entry, fields: ['outsideSchedule'], operation: 'Mutation.rescheduleAppointment' },
    ]);
  });

  it('makes another request of the same idempotency key', async () => {
    const request = newBooking({ idempotencyKey: randomUUID(), override: everything });
    expect((await book(request)).userErrors).toEqual([]);
    for (const override of [null, { ...everything, reason: 'Another one' }]) {
      expect((await book({ ...request, override })).userErrors).toMatchObject([
        { code: 'IDEMPOTENCY_KEY_REUSED' },
      ]);
    }
  });
});

describe('moving what an override booked', () => {
  it('gives the override up, and holds the appointment against all others', async () => {
    const doctorId = newId();
    await bookAppointment(service, { doctorId, duration: 60 });
    const { appointment } = await book({ doctorId, override: everything });
    const id = appointment?.id ?? '';
    expect((await reschedule({ id, dateTime: '2100-03-01T09:15:00Z' })).userErrors).toMatchObject([
      { code: 'SLOT_TAKEN' },
    ]);
    const moved = await reschedule({ id, dateTime: '2100-03-01T12:00:00Z' });
    expect(moved).toMatchObject({ appointment: { override: null }, userErrors: [] });
  });

  it('can override again', async () => {
    const doctorId = newId();
    await bookAppointment(service, { doctorId });
    const { id } = await bookAppointment(service, { doctorId, dateTime: '2100-03-01T12:00:00Z' });
    const override = { doctorOverlap: true, reason };
    const moved = await reschedule({ id, dateTime: '2100-03-01T09:00:00Z', override });
    expect(moved).toMatchObject({ appointment: { override: { doctorOverlap: true } }, userErrors: [] });
    const doctor = userViewer('DOCTOR');
    expect(
      (await reschedule({ id, dateTime: '2100-03-01T09:00:00Z', override }, doctor)).userErrors,
    ).toMatchObject([{ code: 'FORBIDDEN', field: ['override', 'doctorOverlap'] }]);
  });
});
