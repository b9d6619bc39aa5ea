import { roles, type Role, type Viewer } from '@caregraph/service-kit';
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
  CompleteAppointmentDocument,
  ConfirmAppointmentDocument,
  CountAppointmentsDocument,
  FindSlotsDocument,
  GetAppointmentDocument,
  ListAppointmentsDocument,
  MarkNoShowDocument,
  RescheduleAppointmentDocument,
  StartAppointmentDocument,
  UpdateAppointmentDocument,
  type AppointmentFilter,
  type BookAppointmentInput,
} from './generated/operations.js';

const monday = '2100-03-01T09:00:00Z';
let service: AppointmentsService;

/** Users of the care team of `patientId`: one of each role. */
const members = new Map(roles.map((role) => [role, userViewer(role)]));
const strangers = new Map(roles.map((role) => [role, userViewer(role)]));
const patientId = newId();
/** Another patient of the same care team. */
const patientToBook = newId();
const booker = userViewer('STAFF');
/** Appointments of the restricted patient: with a doctor who is not in the care team, and with the one who is. */
let withStranger: string;
let withMember: string;
let doctorId: string;
let idempotentInput: BookAppointmentInput;

function viewerOf(users: ReadonlyMap<Role, ReturnType<typeof userViewer>>, role: Role) {
  const viewer = users.get(role);
  if (viewer === undefined) throw new Error(`There is no ${role}.`);
  return viewer;
}

const memberDoctorId = String(viewerOf(members, 'DOCTOR').id);
const strangeDoctorId = String(viewerOf(strangers, 'DOCTOR').id);

beforeAll(async () => {
  service = await startAppointments();
  doctorId = await setWeek(service, { hours: ['08:00', '12:00'] });
  idempotentInput = newBooking({ patientId, doctorId: strangeDoctorId, idempotencyKey: randomUUID() });
  ({ id: withStranger } = await bookAppointment(service, idempotentInput, booker));
  const second = { patientId, doctorId: memberDoctorId, dateTime: '2100-03-02T09:00:00Z' };
  ({ id: withMember } = await bookAppointment(service, second));
  const careTeam = [...members.values()].map(({ id }) => id);
  service.patients.restricted.set(patientId, careTeam).set(patientToBook, careTeam);
  await service.patients.restrictionsKnown();
});
afterAll(() => service[Symbol.asyncDispose]());

async function idsSeenBy(viewer: Viewer, filter: AppointmentFilter): Promise<string[]> {
  const { data } = await service.ask(viewer, ListAppointmentsDocument, { filter });
  return (data.appointments?.edges ?? []).map(({ node }) => node.id);
}

async function countSeenBy(viewer: Viewer, filter: AppointmentFilter): Promise<number | null | undefined> {
  return (await service.ask(viewer, CountAppointmentsDocument, { filter })).data.appointments?.totalCount;
}

/** The appointments of a patient and of a doctor, as the gateway asks for them. */
async function ownedSeenBy(viewer: Viewer) {
  const fields = 'appointments { totalCount edges { node { id } } }';
  const { data, errors } = await service.resolveReferences(
    viewer,
    `... on Patient { ${fields} } ... on User { ${fields} }`,
    [
      { __typename: 'Patient', id: patientId },
      { __typename: 'User', id: strangeDoctorId },
    ],
  );
  expect(errors).toBeUndefined();
  return data._entities;
}

/** Every change of an appointment, with the code of its refusal. */
const changes: [name: string, change: (viewer: Viewer, id: string) => Promise<(string | undefined)[]>][] = [
  [
    'updateAppointment',
    async (viewer, id) =>
      codes(
        (await service.ask(viewer, UpdateAppointmentDocument, { input: { id, reason: 'x' } })).data
          .updateAppointment,
      ),
  ],
  [
    'updateAppointment of the type',
    async (viewer, id) =>
      codes(
        (await service.ask(viewer, UpdateAppointmentDocument, { input: { id, type: 'PROCEDURE' } })).data
          .updateAppointment,
      ),
  ],
  [
    'rescheduleAppointment',
    async (viewer, id) =>
      codes(
        (
          await service.ask(viewer, RescheduleAppointmentDocument, {
            input: { id, dateTime: '2100-03-03T09:00:00Z' },
          })
        ).data.rescheduleAppointment,
      ),
  ],
  [
    'confirmAppointment',
    async (viewer, id) =>
      codes(
        (await service.ask(viewer, ConfirmAppointmentDocument, { input: { id, version: 9 } })).data.change,
      ),
  ],
  [
    'cancelAppointment',
    async (viewer, id) =>
      codes((await service.ask(viewer, CancelAppointmentDocument, { input: { id } })).data.change),
  ],
  [
    'markAppointmentNoShow',
    async (viewer, id) =>
      codes((await service.ask(viewer, MarkNoShowDocument, { input: { id } })).data.change),
  ],
  [
    'startAppointment',
    async (viewer, id) =>
      codes((await service.ask(viewer, StartAppointmentDocument, { input: { id } })).data.change),
  ],
  [
    'completeAppointment',
    async (viewer, id) =>
      codes((await service.ask(viewer, CompleteAppointmentDocument, { input: { id } })).data.change),
  ],
];

function codes({
  appointment,
  userErrors,
}: {
  appointment: unknown;
  userErrors: readonly { code: string }[];
}) {
  return appointment === null ? userErrors.map(({ code }) => code) : [];
}

describe.each(roles)('an appointment of a restricted patient, for a user who is %s', (role) => {
  it('is there where the user is in the care team', async () => {
    const viewer = viewerOf(members, role);
    expect((await service.ask(viewer, GetAppointmentDocument, { id: withMember })).data.appointment?.id).toBe(
      withMember,
    );
    expect(await idsSeenBy(viewer, { patientId })).toEqual([withStranger, withMember]);
    expect(await countSeenBy(viewer, { patientId })).toBe(2);
    expect(await ownedSeenBy(viewer)).toEqual([
      {
        appointments: {
          totalCount: 2,
          edges: [{ node: { id: withStranger } }, { node: { id: withMember } }],
        },
      },
      { appointments: { totalCount: 1, edges: [{ node: { id: withStranger } }] } },
    ]);
  });

  it('does not exist where the user is not in the care team, for the treating doctor neither', async () => {
    const viewer = viewerOf(strangers, role);
    expect(await service.ask(viewer, GetAppointmentDocument, { id: withStranger })).toEqual({
      data: { appointment: null },
    });
    for (const filter of [{ patientId }, { doctorId: strangeDoctorId }, { doctorId: memberDoctorId }]) {
      expect(await idsSeenBy(viewer, filter)).toEqual([]);
      expect(await countSeenBy(viewer, filter)).toBe(0);
    }
    const nothing = { appointments: { totalCount: 0, edges: [] } };
    expect(await ownedSeenBy(viewer)).toEqual([nothing, nothing]);
    const references = [withStranger, withMember].map((id) => ({ __typename: 'Appointment', id }));
    const { data } = await service.resolveReferences(viewer, '... on Appointment { id }', references);
    expect(data._entities).toEqual([null, null]);
  });

  it.each(changes)('is not changed by %s from outside the care team', async (name, change) => {
    const mayTry = role === 'DOCTOR' || role === 'NURSE' || role === 'ADMIN' || !/start|complete/.test(name);
    expect(await change(viewerOf(strangers, role), withStranger)).toEqual([
      mayTry ? 'NOT_FOUND' : 'FORBIDDEN',
    ]);
  });

  it('is not booked from outside the care team, as if there were no such patient', async () => {
    const input = newBooking({ patientId, doctorId: memberDoctorId, dateTime: '2100-04-01T09:00:00Z' });
    const { data } = await service.ask(viewerOf(strangers, role), BookAppointmentDocument, { input });
    expect(data.bookAppointment).toEqual({
      appointment: null,
      userErrors: [{ code: 'PATIENT_NOT_FOUND', message: 'There is no such patient.', field: ['patientId'] }],
    });
  });

  it('is booked, moved and called off by the care team, with a doctor of the care team', async () => {
    const viewer = viewerOf(members, role);
    const hour = String(roles.indexOf(role) + 10);
    const input = newBooking({
      patientId: patientToBook,
      doctorId: memberDoctorId,
      dateTime: `2100-05-01T${hour}:00:00Z`,
    });
    const { data } = await service.ask(viewer, BookAppointmentDocument, { input });
    expect(data.bookAppointment.userErrors).toEqual([]);
    const id = data.bookAppointment.appointment?.id ?? '';
    const moved = await service.ask(viewer, RescheduleAppointmentDocument, {
      input: { id, dateTime: `2100-05-02T${hour}:00:00Z` },
    });
    expect(moved.data.rescheduleAppointment.userErrors).toEqual([]);
    const cancelled = await service.ask(viewer, CancelAppointmentDocument, { input: { id } });
    expect(cancelled.data.change.appointment?.status).toBe('CANCELLED');
  });
});

describe('a restricted patient', () => {
  it('is not booked, nor moved, with a doctor who is not in the care team', async () => {
    const nurse = viewerOf(members, 'NURSE');
    const input = newBooking({ patientId, doctorId: newId(), dateTime: '2100-06-01T09:00:00Z' });
    const { data } = await service.ask(nurse, BookAppointmentDocument, { input });
    expect(data.bookAppointment).toMatchObject({
      appointment: null,
      userErrors: [{ code: 'FORBIDDEN', field: ['doctorId'] }],
    });
    expect(data.bookAppointment.userErrors[0]?.message).toContain('care team');
    const moved = await service.ask(nurse, RescheduleAppointmentDocument, {
      input: { id: withStranger, dateTime: '2100-06-01T09:00:00Z' },
    });
    expect(moved.data.rescheduleAppointment).toMatchObject({
      appointment: null,
      userErrors: [{ code: 'FORBIDDEN', field: ['id'] }],
    });
  });

  it('is not told of to whoever repeats a booking under the same key', async () => {
    const repeat = (input: BookAppointmentInput) => service.ask(booker, BookAppointmentDocument, { input });
    expect((await repeat(idempotentInput)).data.bookAppointment).toMatchObject({
      appointment: null,
      userErrors: [{ code: 'PATIENT_NOT_FOUND', field: ['patientId'] }],
    });
    const another = await repeat({ ...idempotentInput, patientId: newId() });
    expect(another.data.bookAppointment).toMatchObject({
      appointment: null,
      userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }],
    });
  });

  it('leaves no gap in the pages of a list', async () => {
    const ofDoctor = newId();
    const at = (hour: string, id = newId()) =>
      bookAppointment(
        service,
        { patientId: id, doctorId: ofDoctor, dateTime: `2100-07-01T${hour}:00:00Z` },
        viewerOf(members, 'NURSE'),
      );
    const hiddenPatient = newId();
    const ids = [await at('08'), await at('09', hiddenPatient), await at('10'), await at('11')].map(
      ({ id }) => id,
    );
    service.patients.restricted.set(hiddenPatient, [viewerOf(members, 'NURSE').id]);
    await service.patients.restrictionsKnown();
    const page = async (viewer: Viewer, after: string | null) => {
      const list = { filter: { doctorId: ofDoctor }, first: 2, after };
      const { edges, pageInfo } =
        (await service.ask(viewer, ListAppointmentsDocument, list)).data.appointments ?? {};
      return {
        ids: edges?.map(({ node }) => node.id),
        next: pageInfo?.hasNextPage,
        end: pageInfo?.endCursor,
      };
    };
    const stranger = userViewer('STAFF');
    const first = await page(stranger, null);
    expect(first).toMatchObject({ ids: [ids[0], ids[2]], next: true });
    expect(await page(stranger, first.end ?? null)).toMatchObject({ ids: [ids[3]], next: false });
    expect(await page(viewerOf(members, 'NURSE'), null)).toMatchObject({ ids: ids.slice(0, 2), next: true });
  });

  it('takes time that nobody else gets, and nothing else is told', async () => {
    const id = newId();
    const nurse = userViewer('NURSE');
    await bookAppointment(service, { patientId: id, doctorId, dateTime: monday, duration: 60 }, nurse);
    service.patients.restricted.set(id, [nurse.id, Number(doctorId)]);
    await service.patients.restrictionsKnown();
    const clerk = userViewer('STAFF');
    const search = { doctorId, from: '2100-03-01T08:00:00Z', to: '2100-03-01T12:00:00Z', duration: 60 };
    const { data } = await service.ask(clerk, FindSlotsDocument, search);
    expect(data.availableSlots.map(({ startsAt }) => startsAt)).toEqual([
      '2100-03-01T08:00:00.000Z',
      '2100-03-01T10:00:00.000Z',
      '2100-03-01T11:00:00.000Z',
    ]);
    const taken = await service.ask(clerk, BookAppointmentDocument, {
      input: newBooking({ doctorId, dateTime: monday }),
    });
    expect(taken.data.bookAppointment).toEqual({
      appointment: null,
      userErrors: [
        {
          code: 'SLOT_TAKEN',
          message: 'The doctor is not free at that time.',
          field: ['dateTime'],
        },
      ],
    });
  });

  it('is no patient of whom a service may know in its own name', async () => {
    const references = [{ __typename: 'Appointment', id: withMember }];
    const answer = await service.resolveReferences(
      serviceViewer('patients'),
      '... on Appointment { id }',
      references,
    );
    expect(answer).toEqual({ data: { _entities: [null] } });
  });

  it('is there for everybody again when the restriction is lifted', async () => {
    const id = newId();
    const nurse = userViewer('NURSE');
    const booked = await bookAppointment(service, { patientId: id }, nurse);
    const stranger = userViewer('STAFF');
    const seen = async () =>
      (await service.ask(stranger, GetAppointmentDocument, { id: booked.id })).data.appointment?.id;
    service.patients.restricted.set(id, [nurse.id]);
    await service.patients.restrictionsKnown();
    expect(await seen()).toBeUndefined();
    service.patients.restricted.delete(id);
    await service.patients.restrictionsKnown();
    expect(await seen()).toBe(booked.id);
  });
});
