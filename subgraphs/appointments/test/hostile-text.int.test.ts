import { createSubgraphSchema } from '@caregraph/service-kit';
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { findArgumentProblems, textArguments } from '../../../test/hostile/argument-problems.js';
import { hostileTexts } from '../../../test/hostile/hostile-texts.js';
import { textFieldsOfMutations } from '../../../test/hostile/input-leaves.js';
import { signedSender } from '../../../test/hostile/signed-request.js';
import { fieldsOf, type TextMutation } from '../../../test/hostile/text-attempts.js';
import { findTextProblems } from '../../../test/hostile/text-problems.js';
import { given, mustRefuse, optional, required, sought } from '../../../test/hostile/text-rules.js';
import { userViewer } from '../../../test/subgraph-client.js';
import { insertAppointment } from './appointment-rows.js';
import {
  bookAppointment,
  newBooking,
  newId,
  startAppointments,
  type AppointmentsService,
} from './appointments-service.js';
import {
  BookAppointmentDocument,
  CancelAppointmentDocument,
  GetHistoryDocument,
} from './generated/operations.js';

const schema = createSubgraphSchema(new URL('../schema.graphql', import.meta.url), {});
const nurse = userViewer('NURSE');
const administrator = userViewer('ADMIN');
let service: AppointmentsService;
let id: string;

beforeAll(async () => {
  service = await startAppointments();
  ({ id } = await bookAppointment(service));

  return () => service[Symbol.asyncDispose]();
});

const doctorId = newId();

const mutations: TextMutation[] = [
  {
    name: 'bookAppointment',
    rules: {
      patientId: sought,
      doctorId: sought,
      reason: required(10_000),
      notes: optional(10_000),
      idempotencyKey: given,
      holdId: sought,
      'override.reason': required(1_000),
    },
    input: () => ({ ...newBooking(), override: { patientOverlap: true, reason: 'Asked for' } }),
  },
  {
    name: 'holdSlot',
    rules: { doctorId: sought },
    input: () => ({ doctorId: newId(), dateTime: '2100-03-01T09:00:00Z', duration: 30, type: 'EMERGENCY' }),
  },
  { name: 'releaseHold', rules: { id: sought }, input: () => ({ id }) },
  {
    name: 'updateAppointment',
    rules: { id: sought, reason: required(10_000), notes: optional(10_000) },
    input: () => ({ id }),
  },
  {
    name: 'rescheduleAppointment',
    rules: { id: sought, 'override.reason': required(1_000) },
    input: () => ({
      id,
      dateTime: '2100-03-01T11:00:00Z',
      override: { patientOverlap: true, reason: 'Asked for' },
    }),
  },
  { name: 'confirmAppointment', rules: { id: sought, reason: given }, input: () => ({ id }) },
  { name: 'startAppointment', rules: { id: sought, reason: given }, input: () => ({ id }) },
  { name: 'completeAppointment', rules: { id: sought, reason: given }, input: () => ({ id }) },
  { name: 'cancelAppointment', rules: { id: sought, reason: given }, input: () => ({ id }) },
  { name: 'markAppointmentNoShow', rules: { id: sought, reason: given }, input: () => ({ id }) },
  {
    name: 'setDoctorSchedule',
    rules: { doctorId: sought, timeZone: given },
    input: () => ({ doctorId, days: [{ dayOfWeek: 'MONDAY', startTime: '09:00', endTime: '17:00' }] }),
  },
  {
    name: 'addTimeOff',
    rules: { doctorId: sought, reason: optional(1_000) },
    input: () => ({ doctorId, firstDate: newDate(), lastDate: '2999-12-31' }),
  },
  {
    name: 'addExtraHours',
    rules: { doctorId: sought, reason: optional(1_000) },
    input: () => ({ doctorId, date: newDate(), startTime: '09:00', endTime: '17:00' }),
  },
  {
    name: 'addClinicHoliday',
    rules: { name: required(200, { as: 'reason' }) },
    input: () => ({ date: newDate() }),
  },
  { name: 'removeScheduleException', rules: { id: sought }, input: () => ({ id }) },
];

let dates = 0;

/** A date that no other attempt has, and no other test: an exception is added once. */
function newDate(): string {
  dates += 1;
  return new Date(Date.parse('2200-01-01T00:00:00Z') + dates * 86_400_000).toISOString().slice(0, 10);
}

/** What changes schedules, which nurses do not. */
const ofSchedules = mutations.filter(({ name }) => /Schedule|TimeOff|ExtraHours|Holiday/.test(name));

describe('hostile text', { timeout: 180_000 }, () => {
  it('is tried in every text field of every mutation', () => {
    expect(fieldsOf(mutations)).toEqual(textFieldsOfMutations(schema));
  });

  it.each(mutations)('in $name comes back unchanged, or is refused by name', async (mutation) => {
    const send = signedSender(service, ofSchedules.includes(mutation) ? administrator : nurse);
    expect(await findTextProblems(schema, mutation, hostileTexts, send)).toEqual([]);
  });

  it.each(textArguments(schema))('as $name finds something or nothing', async ({ target, path }) => {
    const send = signedSender(service, nurse);
    expect(await findArgumentProblems(schema, target, path, hostileTexts, send)).toEqual([]);
  });

  it('as the reason of a step is in the history as it was sent, or refused', async () => {
    let kept = 0;
    for (const reason of hostileTexts) {
      const appointment = await insertAppointment(service.database);
      const input = { id: appointment, reason };
      const { data } = await service.ask(nurse, CancelAppointmentDocument, { input });
      const history = await service.ask(nurse, GetHistoryDocument, { id: appointment });
      const reasons = history.data.appointment?.history?.map((step) => step.reason);
      if (mustRefuse(required(1_000), reason) === true) {
        expect(data.change.userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: ['reason'] }]);
        expect(reasons).toEqual([null]);
      } else {
        expect(data.change.userErrors).toEqual([]);
        expect(reasons).toEqual([null, reason]);
        kept += 1;
      }
    }
    expect(kept).toBeGreaterThan(hostileTexts.length - 50);
  });

  it('is one idempotency key each, and none is taken for another', async () => {
    const booked = new Map<string, string>();
    for (const text of hostileTexts) {
      const input = newBooking({ idempotencyKey: `${text}${randomUUID()}` });
      const first = await service.ask(nurse, BookAppointmentDocument, { input });
      const again = await service.ask(nurse, BookAppointmentDocument, { input });
      const { appointment, userErrors } = first.data.bookAppointment;
      expect(again.data.bookAppointment.appointment?.id).toBe(appointment?.id);
      if (appointment === null) expect(userErrors).toMatchObject([{ field: ['idempotencyKey'] }]);
      else booked.set(appointment.id, text);
    }
    expect(booked.size).toBeGreaterThan(hostileTexts.length - 20);
  });
});
