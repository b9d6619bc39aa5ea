import { createSubgraphSchema } from '@caregraph/service-kit';
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { findArgumentProblems, textArguments } from '../../../test/hostile/argument-problems.js';
import { hostileTexts } from '../../../test/hostile/hostile-texts.js';
import { textFieldsOfMutations } from '../../../test/hostile/input-leaves.js';
import { signedSender } from '../../../test/hostile/signed-request.js';
import { fieldsOf, type TextMutation } from '../../../test/hostile/text-attempts.js';
import { findTextProblems } from '../../../test/hostile/text-problems.js';
import { given, optional, required, sought } from '../../../test/hostile/text-rules.js';
import { userViewer } from '../../../test/subgraph-client.js';
import {
  bookAppointment,
  newBooking,
  newId,
  startAppointments,
  type AppointmentsService,
} from './appointments-service.js';
import { BookAppointmentDocument } from './generated/operations.js';

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
    },
    input: () => ({ ...newBooking() }),
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
    rules: { id: sought },
    input: () => ({ id, dateTime: '2100-03-01T11:00:00Z' }),
  },
  { name: 'confirmAppointment', rules: { id: sought }, input: () => ({ id }) },
  { name: 'startAppointment', rules: { id: sought }, input: () => ({ id }) },
  { name: 'completeAppointment', rules: { id: sought }, input: () => ({ id }) },
  { name: 'cancelAppointment', rules: { id: sought }, input: () => ({ id }) },
  { name: 'markAppointmentNoShow', rules: { id: sought }, input: () => ({ id }) },
  {
    name: 'setDoctorSchedule',
    rules: { doctorId: sought, timeZone: given },
    input: () => ({ doctorId, days: [{ dayOfWeek: 'MONDAY', startTime: '09:00', endTime: '17:00' }] }),
  },
];

describe('hostile text', { timeout: 180_000 }, () => {
  it('is tried in every text field of every mutation', () => {
    expect(fieldsOf(mutations)).toEqual(textFieldsOfMutations(schema));
  });

  it.each(mutations)('in $name comes back unchanged, or is refused by name', async (mutation) => {
    const send = signedSender(service, mutation.name === 'setDoctorSchedule' ? administrator : nurse);
    expect(await findTextProblems(schema, mutation, hostileTexts, send)).toEqual([]);
  });

  it.each(textArguments(schema))('as $name finds something or nothing', async ({ target, path }) => {
    const send = signedSender(service, nurse);
    expect(await findArgumentProblems(schema, target, path, hostileTexts, send)).toEqual([]);
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
