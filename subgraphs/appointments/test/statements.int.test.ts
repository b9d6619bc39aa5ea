import { findFreePort } from '@caregraph/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userViewer } from '../../../test/subgraph-client.js';
import { insertAppointment } from './appointment-rows.js';
import {
  bookAppointment,
  newId,
  setWeek,
  startAppointments,
  type AppointmentsService,
} from './appointments-service.js';
import {
  CompleteAppointmentDocument,
  ConfirmAppointmentDocument,
  FindNextSlotsDocument,
  FindSlotsDocument,
  ListHistoriesDocument,
  HoldSlotDocument,
  ListManyDocument,
  RescheduleAppointmentDocument,
  StartAppointmentDocument,
} from './generated/operations.js';

const nurse = userViewer('NURSE');
let service: AppointmentsService;
let metricsPort: number;
const doctors: string[] = [];
const patients: string[] = [];

beforeAll(async () => {
  metricsPort = await findFreePort();
  service = await startAppointments({ METRICS_PORT: String(metricsPort) });
  for (let index = 0; index < 50; index += 1) {
    doctors.push(await setWeek(service, { hours: ['08:00', '12:00'], days: ['MONDAY'] }));
    patients.push(newId());
  }
  await service.database.query(
    `INSERT INTO appointments (patient_id, doctor_id, date_time, duration, type, status, reason, created_by)
     SELECT patient::integer, doctor::integer, timestamp '1990-01-01' + place * interval '1 hour', 30,
       'consultation', 'completed', 'x', 1000 + place
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS pairs (patient, doctor, place)`,
    [patients, doctors],
  );
});
afterAll(() => service[Symbol.asyncDispose]());

/** How many statements for data the service sent to its database while `work` was under way. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const count = async (): Promise<number> => {
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    return Number(/^caregraph_sql_statements_total\{kind="data".*\} (\d+)$/m.exec(metrics)?.[1]);
  };
  const before = await count();
  await work();
  return (await count()) - before;
}

describe('the number of statements', () => {
  it('is one for a page of fifty appointments as for a page of one', async () => {
    const page = (first: number) => async () => {
      const { data } = await service.ask(nurse, ListManyDocument, { first });
      expect(data.appointments?.edges).toHaveLength(first);
    };
    expect([await statementsOf(page(1)), await statementsOf(page(50))]).toEqual([1, 1]);
  });

  it('is one for fifty appointments that others refer to', async () => {
    const { data } = await service.ask(nurse, ListManyDocument, { first: 50 });
    const ids = data.appointments?.edges.map(({ node }) => node.id) ?? [];
    const resolve = (some: readonly string[]) => () =>
      service.resolveReferences(
        nurse,
        '... on Appointment { id patient { id } doctor { id } createdBy { id } }',
        some.map((id) => ({ __typename: 'Appointment', id })),
      );
    expect([await statementsOf(resolve(ids.slice(0, 1))), await statementsOf(resolve(ids))]).toEqual([1, 1]);
  });

  it.each([
    ['appointments of patients', 'Patient', 'appointments { edges { node { id } } }', 1],
    ['appointments of doctors', 'User', 'appointments { edges { node { id } } }', 1],
    [
      'appointments of patients with their number',
      'Patient',
      'appointments { totalCount edges { cursor } }',
      2,
    ],
    [
      'lists of two kinds',
      'User',
      'a: appointments { edges { cursor } } b: appointments(first: 1) { edges { cursor } }',
      2,
    ],
    ['schedules', 'User', 'schedule { dayOfWeek timeZone }', 1],
    [
      'exceptions of schedules',
      'User',
      'scheduleExceptions(from: "2100-01-01", to: "2100-12-31") { kind reason }',
      1,
    ],
  ])('does not grow with the number of owners: %s', async (_, type, fields, expected) => {
    const owners = type === 'User' ? doctors : patients;
    const resolve = (some: readonly string[]) => async () => {
      const { data, errors } = await service.resolveReferences(
        nurse,
        `... on ${type} { ${fields} }`,
        some.map((id) => ({ __typename: type, id })),
      );
      expect(errors).toBeUndefined();
      expect(data._entities.filter((entity) => entity !== null)).toHaveLength(some.length);
    };
    expect([await statementsOf(resolve(owners.slice(0, 1))), await statementsOf(resolve(owners))]).toEqual([
      expected,
      expected,
    ]);
  });

  it('is one more for the histories of a page, however long it is', async () => {
    const doctorId = newId();
    for (let index = 0; index < 50; index += 1)
      await insertAppointment(service.database, { doctorId, inMinutes: 60 * index });
    await service.database.query("UPDATE appointments SET status = 'confirmed' WHERE doctor_id = $1", [
      doctorId,
    ]);
    const page = (first: number) => async () => {
      const { data } = await service.ask(nurse, ListHistoriesDocument, { doctorId, first });
      const histories = data.appointments?.edges.map(({ node }) => node.history?.map(({ to }) => to));
      expect(histories).toEqual(Array.from({ length: first }, () => ['SCHEDULED', 'CONFIRMED']));
    };
    expect([await statementsOf(page(1)), await statementsOf(page(50))]).toEqual([2, 2]);
  });

  it('is the same for the free slots of a day and of two months', async () => {
    const slots = (to: string) => async () => {
      const search = { doctorId: doctors[0] ?? '', from: '2100-03-01T00:00:00Z', to, duration: 15 };
      const { data } = await service.ask(nurse, FindSlotsDocument, search);
      expect(data.availableSlots.length).toBeGreaterThan(0);
    };
    expect([
      await statementsOf(slots('2100-03-02T00:00:00Z')),
      await statementsOf(slots('2100-05-02T00:00:00Z')),
    ]).toEqual([2, 2]);
  });

  it('is the same for the next free slots of one doctor and of fifty, who are asked for in one call', async () => {
    const next = (some: readonly string[]) => async () => {
      const search = { doctorIds: some, from: '2100-03-01T00:00:00Z', duration: 15, first: 100 };
      const { data } = await service.ask(nurse, FindNextSlotsDocument, search);
      expect(data.nextAvailableSlots).toHaveLength(100);
    };
    const calls = service.users.viewers.length;
    expect([await statementsOf(next(doctors.slice(0, 1))), await statementsOf(next(doctors))]).toEqual([
      2, 2,
    ]);
    expect(service.users.viewers.length - calls).toBe(2);
  });

  it('is one for any number of appointments with notes, which are encrypted', async () => {
    const ids: string[] = [];
    for (let hour = 10; hour < 20; hour += 1) {
      const dateTime = `2100-03-01T${hour}:00:00Z`;
      ids.push((await bookAppointment(service, { dateTime, notes: 'Walks with a stick' })).id);
    }
    const resolve = (some: readonly string[]) => async () => {
      const representations = some.map((id) => ({ __typename: 'Appointment', id }));
      const { data } = await service.resolveReferences(
        nurse,
        '... on Appointment { notes }',
        representations,
      );
      expect(data._entities).toEqual(some.map(() => ({ notes: 'Walks with a stick' })));
    };
    expect([await statementsOf(resolve(ids.slice(0, 1))), await statementsOf(resolve(ids))]).toEqual([1, 1]);
  });

  it.each([
    ['a booking', 4, {}],
    ['a booking with notes', 4, { notes: 'Walks with a stick' }],
    ['a booking under a key', 7, { idempotencyKey: 'a key of a viewer of its own' }],
  ])('is not raised by what the audit trail must know: %s', async (_, expected, input) => {
    expect(await statementsOf(() => bookAppointment(service, input))).toBe(expected);
  });

  it('is raised by two where a booking is under a hold, and by none where others look for holds', async () => {
    const doctorId = newId();
    const input = { doctorId, dateTime: '2100-03-01T09:00:00Z', duration: 30, type: 'EMERGENCY' } as const;
    const { data } = await service.ask(nurse, HoldSlotDocument, { input });
    const holdId = data.holdSlot.slotHold?.id ?? '';
    expect(await statementsOf(() => bookAppointment(service, { doctorId, holdId }, nurse))).toBe(6);
    expect(await statementsOf(() => bookAppointment(service))).toBe(4);
  });

  it('is not raised by what the audit trail and the history must know: changes', async () => {
    const { id } = await bookAppointment(service, { dateTime: new Date().toISOString() });
    const input = { id, reason: 'By telephone' };
    const move = { id, dateTime: new Date(Date.now() + 1_000).toISOString() };
    expect([
      await statementsOf(() => service.ask(nurse, ConfirmAppointmentDocument, { input })),
      await statementsOf(() => service.ask(nurse, RescheduleAppointmentDocument, { input: move })),
    ]).toEqual([2, 6]);
  });

  it('is one more for a step that has its time', async () => {
    const confirmed = await insertAppointment(service.database, { status: 'confirmed', inMinutes: -1 });
    const input = { id: confirmed };
    expect([
      await statementsOf(() => service.ask(nurse, StartAppointmentDocument, { input })),
      await statementsOf(() => service.ask(nurse, CompleteAppointmentDocument, { input })),
    ]).toEqual([3, 3]);
  });
});
