import { beforeAll, describe, expect, it } from 'vitest';
import { createScratchDatabase } from '../../../test/cluster.js';
import { userViewer } from '../../../test/subgraph-client.js';
import {
  newBooking,
  newId,
  setWeek,
  startAppointments,
  type AppointmentsService,
} from './appointments-service.js';
import {
  BookAppointmentDocument,
  ListTypeRulesDocument,
  RescheduleAppointmentDocument,
  SetTypeRuleDocument,
  UpdateAppointmentDocument,
  type AppointmentType,
  type BookAppointmentInput,
  type SetAppointmentTypeRuleInput,
} from './generated/operations.js';

const administrator = userViewer('ADMIN');
let service: AppointmentsService;

// Rules are the whole clinic's: in a database of its own, they meet no other test.
beforeAll(async () => {
  const database = await createScratchDatabase('appointments');
  service = await startAppointments({ APPOINTMENTS_DATABASE_URL: database.databaseUrl });
  return async () => {
    await service[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  };
});

async function setRule(
  type: AppointmentType,
  rule: Partial<SetAppointmentTypeRuleInput>,
  viewer = administrator,
) {
  const input = { type, bufferBefore: 0, bufferAfter: 0, minimumNotice: 0, ...rule };
  const { data, errors } = await service.ask(viewer, SetTypeRuleDocument, { input });
  expect(errors).toBeUndefined();
  return data.setAppointmentTypeRule;
}

async function book(input: Partial<BookAppointmentInput>) {
  const { data, errors } = await service.ask(administrator, BookAppointmentDocument, {
    input: newBooking(input),
  });
  expect(errors).toBeUndefined();
  return data.bookAppointment;
}

async function reschedule(id: string, dateTime: string) {
  const { data } = await service.ask(administrator, RescheduleAppointmentDocument, {
    input: { id, dateTime },
  });
  return data.rescheduleAppointment;
}

async function retype(id: string, type: AppointmentType) {
  const { data } = await service.ask(administrator, UpdateAppointmentDocument, { input: { id, type } });
  return data.updateAppointment;
}

describe('the rules of types', () => {
  it('are without buffers and notice until somebody sets them, and are there for every type', async () => {
    const rule = { type: 'FOLLOW_UP', bufferBefore: 5, bufferAfter: 10, minimumNotice: 60 } as const;
    expect(await setRule('FOLLOW_UP', rule)).toEqual({ appointmentTypeRule: rule, userErrors: [] });
    const { data } = await service.ask(userViewer('STAFF'), ListTypeRulesDocument, {});
    const none = { bufferBefore: 0, bufferAfter: 0, minimumNotice: 0 };
    expect(data.appointmentTypeRules).toEqual([
      { type: 'CONSULTATION', ...none },
      rule,
      { type: 'PROCEDURE', ...none },
      { type: 'EMERGENCY', ...none },
    ]);
    expect((await setRule('FOLLOW_UP', {})).userErrors).toEqual([]);
  });

  it.each(['DOCTOR', 'NURSE', 'STAFF'] as const)('are not for a %s to set', async (role) => {
    expect(await setRule('FOLLOW_UP', {}, userViewer(role))).toMatchObject({
      appointmentTypeRule: null,
      userErrors: [{ code: 'FORBIDDEN' }],
    });
  });

  it.each([
    ['bufferBefore', -1],
    ['bufferBefore', 241],
    ['bufferAfter', 241],
    ['minimumNotice', 43_201],
  ])('have bounds: %s of %i minutes is refused', async (field, minutes) => {
    expect(await setRule('FOLLOW_UP', { [field]: minutes })).toMatchObject({
      appointmentTypeRule: null,
      userErrors: [{ code: 'INVALID_INPUT', field: [field] }],
    });
  });
});

describe('buffers', () => {
  it('keep a doctor free around bookings, add up, and stay when the rule changes', async () => {
    const doctorId = newId();
    await setRule('EMERGENCY', { bufferBefore: 10, bufferAfter: 20 });
    expect((await book({ doctorId })).userErrors).toEqual([]);
    const at = (dateTime: string) => book({ doctorId, dateTime });
    expect((await at('2100-03-01T09:59:00Z')).userErrors).toMatchObject([{ code: 'SLOT_TAKEN' }]);
    await setRule('EMERGENCY', {});
    expect((await at('2100-03-01T09:49:00Z')).userErrors).toMatchObject([{ code: 'SLOT_TAKEN' }]);
    expect((await at('2100-03-01T08:21:00Z')).userErrors).toMatchObject([{ code: 'SLOT_TAKEN' }]);
    expect((await at('2100-03-01T09:50:00Z')).userErrors).toEqual([]);
    expect((await at('2100-03-01T08:20:00Z')).userErrors).toEqual([]);
  });

  it('are none of the patient', async () => {
    const patientId = newId();
    await setRule('EMERGENCY', { bufferAfter: 60 });
    expect((await book({ patientId })).userErrors).toEqual([]);
    expect((await book({ patientId, dateTime: '2100-03-01T09:30:00Z' })).userErrors).toEqual([]);
    await setRule('EMERGENCY', {});
  });

  it('of the rule of that day come with a move', async () => {
    const doctorId = newId();
    const { appointment } = await book({ doctorId });
    await book({ doctorId, dateTime: '2100-03-01T12:00:00Z' });
    await setRule('EMERGENCY', { bufferAfter: 15 });
    const id = appointment?.id ?? '';
    expect((await reschedule(id, '2100-03-01T11:16:00Z')).userErrors).toMatchObject([{ code: 'SLOT_TAKEN' }]);
    expect((await reschedule(id, '2100-03-01T11:15:00Z')).userErrors).toEqual([]);
    await setRule('EMERGENCY', {});
  });

  it('of another type come with it, and are held against what is booked', async () => {
    await setRule('PROCEDURE', { bufferAfter: 30 });
    const doctorId = await setWeek(service, { hours: ['08:00', '18:00'] });
    const { appointment } = await book({ doctorId, type: 'CONSULTATION' });
    const id = appointment?.id ?? '';
    expect((await retype(id, 'PROCEDURE')).userErrors).toEqual([]);
    const blocked = { doctorId, type: 'CONSULTATION', dateTime: '2100-03-01T09:45:00Z' } as const;
    expect((await book(blocked)).userErrors).toMatchObject([{ code: 'SLOT_TAKEN' }]);
    expect((await retype(id, 'CONSULTATION')).userErrors).toEqual([]);
    expect((await book(blocked)).userErrors).toEqual([]);
    expect(await retype(id, 'PROCEDURE')).toMatchObject({
      appointment: null,
      userErrors: [{ code: 'SLOT_TAKEN', field: ['type'] }],
    });
    await setRule('PROCEDURE', {});
  });
});

describe('a minimum notice', () => {
  it('is asked of bookings and moves, but of no emergency and of no override', async () => {
    await setRule('CONSULTATION', { minimumNotice: 24 * 60 });
    const doctorId = await setWeek(service, { hours: ['00:00', '24:00'] });
    const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
    const type = 'CONSULTATION';
    expect((await book({ doctorId, type, dateTime: inHours(23) })).userErrors).toMatchObject([
      { code: 'TOO_SHORT_NOTICE', field: ['dateTime'] },
    ]);
    const { appointment, userErrors } = await book({ doctorId, type, dateTime: inHours(25) });
    expect(userErrors).toEqual([]);
    expect((await reschedule(appointment?.id ?? '', inHours(2))).userErrors).toMatchObject([
      { code: 'TOO_SHORT_NOTICE' },
    ]);
    expect((await book({ doctorId, dateTime: inHours(4) })).userErrors).toEqual([]);
    const override = { outsideSchedule: true, reason: 'Asked for' };
    expect((await book({ doctorId, type, dateTime: inHours(6), override })).userErrors).toEqual([]);
    await setRule('CONSULTATION', {});
  });
});
