import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userViewer } from '../../../test/subgraph-client.js';
import {
  bookAppointment,
  newId,
  startAppointments,
  type AppointmentsService,
} from './appointments-service.js';
import {
  CancelAppointmentDocument,
  CountAppointmentsDocument,
  ListAppointmentsDocument,
  type AppointmentFilter,
  type ListAppointmentsQueryVariables,
  type PageFieldsFragment,
} from './generated/operations.js';

const nurse = userViewer('NURSE');
let service: AppointmentsService;

beforeAll(async () => {
  service = await startAppointments();
});
afterAll(() => service[Symbol.asyncDispose]());

/** Completed appointments, which may overlap, at these times; returns their ids. */
async function insertAt(
  times: readonly string[],
  doctorId = newId(),
  patientId = newId(),
): Promise<string[]> {
  const { rows } = await service.database.query<{ id: number }>(
    `INSERT INTO appointments (patient_id, doctor_id, date_time, duration, type, status, reason, created_by)
     SELECT $1, $2, time::timestamp, 30, 'follow-up', 'completed', 'x', 1
     FROM unnest($3::text[]) WITH ORDINALITY AS times (time, place) ORDER BY place RETURNING id`,
    [patientId, doctorId, times],
  );
  return rows.map(({ id }) => String(id));
}

async function pageOf(variables: ListAppointmentsQueryVariables): Promise<PageFieldsFragment> {
  const { data, errors } = await service.ask(nurse, ListAppointmentsDocument, variables);
  expect(errors).toBeUndefined();
  if (data.appointments === null) throw new Error('There is no list.');
  return data.appointments;
}

async function idsOf(filter: AppointmentFilter): Promise<string[]> {
  const { edges } = await pageOf({ filter, first: 100 });
  return edges.map(({ node }) => node.id);
}

describe('a list', () => {
  it('goes page by page over every appointment once, also those that differ by a microsecond', async () => {
    const doctorId = newId();
    const times = [
      '09:00:00.000002',
      '09:00:00.000001',
      '08:59',
      '09:00:00.000001',
      '09:00',
      '10:00',
      '09:00:00.5',
    ];
    const ids = await insertAt(
      times.map((time) => `2026-03-02 ${time}`),
      doctorId,
    );
    const expected = [2, 4, 1, 3, 0, 6, 5].map((index) => ids[index]);
    for (const first of [1, 2, 3, 7, 100]) {
      const seen: string[] = [];
      let after: string | null | undefined = null;
      while (after !== undefined) {
        const page = await pageOf({ filter: { doctorId }, first, after });
        seen.push(...page.edges.map(({ node }) => node.id));
        expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : undefined;
      }
      expect(seen).toEqual(expected);
    }
  });

  it('holds what begins from an instant on and before another', async () => {
    const doctorId = newId();
    const [, first, second] = await insertAt(
      ['2026-03-02 08:59:59.999', '2026-03-02 09:00', '2026-03-02 09:59:59.999', '2026-03-02 10:00'],
      doctorId,
    );
    const filter = { doctorId, from: '2026-03-02T10:00:00+01:00', to: '2026-03-02T10:00:00Z' };
    expect(await idsOf(filter)).toEqual([first, second]);
    expect(await idsOf({ ...filter, to: filter.from })).toEqual([]);
  });

  it('holds what all conditions hold for', async () => {
    const [doctorId, patientId] = [newId(), newId()];
    const one = await bookAppointment(service, { doctorId, patientId });
    const other = await bookAppointment(service, { doctorId, dateTime: '2100-03-01T12:00:00Z' });
    const [followUp] = await insertAt(['2026-03-02 09:00'], doctorId, patientId);
    await service.ask(nurse, CancelAppointmentDocument, { input: { id: other.id } });
    expect(await idsOf({ doctorId })).toEqual([followUp, one.id, other.id]);
    expect(await idsOf({ patientId })).toEqual([followUp, one.id]);
    expect(await idsOf({ doctorId, patientId, type: 'EMERGENCY' })).toEqual([one.id]);
    expect(await idsOf({ doctorId, status: ['CANCELLED', 'COMPLETED'] })).toEqual([followUp, other.id]);
    expect(await idsOf({ doctorId, status: [] })).toEqual([]);
  });

  it('leaves out inactive records unless the filter asks for them', async () => {
    const doctorId = newId();
    const [active, inactive, unknown] = await insertAt(
      ['2026-03-02 09:00', '2026-03-02 10:00', '2026-03-02 11:00'],
      doctorId,
    );
    await service.database.query('UPDATE appointments SET is_active = false WHERE id = $1', [inactive]);
    await service.database.query('UPDATE appointments SET is_active = NULL WHERE id = $1', [unknown]);
    expect(await idsOf({ doctorId })).toEqual([active, unknown]);
    expect(await idsOf({ doctorId, isActive: false })).toEqual([inactive]);
    expect(await idsOf({ doctorId, isActive: null })).toEqual([active, inactive, unknown]);
  });

  it.each(['abc', '-1', '007', '99999999999999'])('is empty for the impossible id %s', async (id) => {
    expect(await idsOf({ doctorId: id })).toEqual([]);
    expect(await idsOf({ patientId: id })).toEqual([]);
    const { data } = await service.ask(nurse, CountAppointmentsDocument, { filter: { doctorId: id } });
    expect(data.appointments?.totalCount).toBe(0);
  });

  it('counts all that the filter holds, not the page', async () => {
    const doctorId = newId();
    await insertAt(['2026-03-02 09:00', '2026-03-02 10:00', '2026-03-02 11:00'], doctorId);
    const { data } = await service.ask(nurse, CountAppointmentsDocument, { filter: { doctorId } });
    expect(data.appointments?.totalCount).toBe(3);
  });

  it.each([
    ['a page of none', { first: 0 }],
    ['a page of more than a hundred', { first: 101 }],
    ['a cursor of another list', { after: Buffer.from('["Chen","Amy",1]').toString('base64url') }],
    ['a cursor that holds no time', { after: Buffer.from('["now",1]').toString('base64url') }],
    ['a cursor with a day that does not exist', { after: cursorOf('2026-99-99 10:00:00', 1) }],
    ['a cursor with a time that does not exist', { after: cursorOf('2026-01-01 99:99:99', 1) }],
    ['a cursor with an id that no row can have', { after: cursorOf('2026-01-01 10:00:00', 2 ** 40) }],
    ['a cursor that was made up', { after: 'x' }],
  ])('refuses %s', async (_, wrong) => {
    const { errors } = await service.ask(nurse, ListAppointmentsDocument, wrong);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('the appointments of a patient or a doctor', () => {
  const selection = `appointments(filter: { status: [COMPLETED] }, first: 2) {
    edges { node { id } cursor } pageInfo { hasNextPage endCursor } totalCount
  }`;
  interface Listed {
    appointments: { edges: { node: { id: string } }[]; pageInfo: { endCursor: string }; totalCount: number };
  }

  it('are listed for each of many, in the order in which they were asked for', async () => {
    const patients = [newId(), newId(), newId()];
    const [one, two] = [
      await insertAt(['2026-03-02 10:00', '2026-03-02 09:00', '2026-03-02 11:00'], newId(), patients[0]),
      await insertAt(['2026-03-02 09:00'], newId(), patients[2]),
    ];
    await bookAppointment(service, { patientId: patients[2] ?? '' });
    const { data } = await service.resolveReferences(
      nurse,
      `... on Patient { id ${selection} }`,
      [...patients].reverse().map((id) => ({ __typename: 'Patient', id })),
    );
    expect(data._entities).toMatchObject([
      { id: patients[2], appointments: { edges: [{ node: { id: two[0] } }], totalCount: 1 } },
      { id: patients[1], appointments: { edges: [], pageInfo: { hasNextPage: false }, totalCount: 0 } },
      {
        id: patients[0],
        appointments: {
          edges: [{ node: { id: one[1] } }, { node: { id: one[0] } }],
          pageInfo: { hasNextPage: true },
          totalCount: 3,
        },
      },
    ]);
  });

  it('go on after a cursor, for each of many', async () => {
    const doctors = [newId(), newId()];
    const times = ['2026-03-02 09:00', '2026-03-02 10:00', '2026-03-02 11:00'];
    const ids = [await insertAt(times, doctors[0]), await insertAt(times, doctors[1])];
    const representations = doctors.map((id) => ({ __typename: 'User', id }));
    const first = await service.resolveReferences(nurse, `... on User { ${selection} }`, representations);
    const [{ appointments }] = first.data._entities as [Listed];
    const after = `appointments(after: "${appointments.pageInfo.endCursor}") { edges { node { id } } }`;
    const second = await service.resolveReferences(nurse, `... on User { ${after} }`, representations);
    expect(second.data._entities).toEqual(
      ids.map(([, , last], index) => ({
        // The cursor's id decides between equal times: the second doctor's appointments have greater ones.
        appointments: { edges: (index === 0 ? [last] : [ids[1]?.[1], last]).map((id) => ({ node: { id } })) },
      })),
    );
  });

  it('are null together with their owner when the id is impossible', async () => {
    const { data, errors } = await service.resolveReferences(
      nurse,
      `... on User { id } ... on Patient { id }`,
      [
        { __typename: 'User', id: 'abc' },
        { __typename: 'Patient', id: '99999999999999' },
        { __typename: 'Patient', id: '17' },
      ],
    );
    expect(errors).toBeUndefined();
    expect(data._entities).toEqual([null, null, { id: '17' }]);
  });
});

describe('a reference to an appointment', () => {
  it('is resolved, or null where there is none', async () => {
    const { id } = await bookAppointment(service);
    const { data, errors } = await service.resolveReferences(
      nurse,
      '... on Appointment { id reason endsAt }',
      ['abc', id, '2147483647', id].map((key) => ({ __typename: 'Appointment', id: key })),
    );
    const found = { id, reason: 'Chest pain', endsAt: '2100-03-01T09:30:00.000Z' };
    expect(errors).toBeUndefined();
    expect(data._entities).toEqual([null, found, null, found]);
  });
});

function cursorOf(...key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}
