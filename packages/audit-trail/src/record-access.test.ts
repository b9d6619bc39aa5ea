import { fault } from '@caregraph/service-kit';
import { buildSchema, defaultFieldResolver, graphql, isObjectType, type GraphQLFieldResolver } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from './audit-entry.js';
import type { AuditRecorder } from './audit-recorder.js';
import { createReadNotes } from './read-notes.js';
import { recordAccess } from './record-access.js';

const sdl = `
  directive @external on FIELD_DEFINITION
  type Patient { id: ID! name: String allergies: String secret: String! record: Patient appointments: AppointmentConnection }
  type Doctor { id: ID! email: String }
  type Appointment { id: ID! notes: String patient: Patient }
  type AppointmentEdge { node: Appointment! cursor: String! }
  type PageInfo { startCursor: String endCursor: String }
  type AppointmentConnection { edges: [AppointmentEdge!]! pageInfo: PageInfo! totalCount: Int }
  type AuditEntry { id: ID! }
  type AuditEntryEdge { node: AuditEntry! }
  type AuditEntryConnection { edges: [AuditEntryEdge!]! }
  union _Entity = Patient | Doctor
  scalar _Any
  input Filter { patientId: ID, userId: ID, text: String }
  type Query {
    patient(id: ID!): Patient
    patients: [Patient]
    doctor: Doctor
    appointments(search: String, filter: Filter, first: Int = 20): AppointmentConnection
    auditLog(filter: Filter): AuditEntryConnection
    denied: Patient
    _entities(representations: [_Any!]!): [_Entity]!
  }
  input ChangeInput { id: ID!, patientId: ID, allergies: String }
  type Failure { code: String! field: [String!] }
  type ChangePayload { patient: Patient userErrors: [Failure!]! }
  type Mutation { change(input: ChangeInput!): ChangePayload! }
`;

const ada = { __typename: 'Patient', id: 1, name: 'Ada', allergies: 'Latex', secret: 'x' };
const appointment = { id: 8, patientId: 1, notes: 'Fine', patient: ada };

type Resolvers = Readonly<Record<string, GraphQLFieldResolver<never, never>>>;

/** What is noted of a request to a service that answers so. */
async function notedOf(source: string, resolvers: Resolvers = {}): Promise<AuditEvent[]> {
  const schema = buildSchema(sdl);
  const all: Resolvers = {
    'Query.patient': (_, { id }: { id: string }) => (id === '1' ? ada : null),
    'Query.appointments': () => ({ edges: [{ node: appointment }] }),
    ...resolvers,
  };
  for (const [coordinate, resolve] of Object.entries(all)) {
    const [typeName = '', field = ''] = coordinate.split('.');
    const type = schema.getType(typeName);
    const config = isObjectType(type) ? type.getFields()[field] : undefined;
    if (config === undefined) throw new Error(`There is no ${coordinate}.`);
    config.resolve = resolve as typeof defaultFieldResolver;
  }
  const reads = createReadNotes();
  const events: AuditEvent[] = [];
  const audit: AuditRecorder = {
    read: (...read) => {
      reads.add(...read);
    },
    note: (event) => events.push(event),
    changeContext: () => '',
    pseudonym: () => '',
    write: () => Promise.resolve(),
  };
  await graphql({
    schema: recordAccess(schema, { Patient: 'id', Appointment: 'patientId' }),
    source,
    contextValue: { audit },
  });
  return [...events, ...reads.events()];
}

function refuse(code: 'FORBIDDEN' | 'UNAUTHENTICATED'): never {
  throw fault(code, 'No.');
}

describe('what is noted of a cursor', () => {
  const other = { id: 9, patientId: 2 };
  const page = {
    'Query.appointments': () => ({
      edges: [
        { node: appointment, cursor: 'a' },
        { node: other, cursor: 'b' },
      ],
      pageInfo: { startCursor: 'a', endCursor: 'b' },
    }),
  };
  const cursorsOf = (recordIds: number[], patientIds: number[]): AuditEvent => ({
    action: 'READ',
    outcome: 'SUCCESS',
    recordType: 'Appointment',
    recordIds,
    patientIds,
    fields: [],
  });

  it('is each record whose edge gives out its cursor and nothing else', async () => {
    expect(await notedOf('{ appointments { edges { cursor } } }', page)).toContainEqual(
      cursorsOf([8, 9], [1, 2]),
    );
  });

  it('is the first and the last record of a page that gives out no more than where it begins and ends', async () => {
    expect(await notedOf('{ appointments { pageInfo { endCursor } } }', page)).toContainEqual(
      cursorsOf([9], [2]),
    );
    expect(await notedOf('{ appointments { pageInfo { startCursor } } }', page)).toContainEqual(
      cursorsOf([8], [1]),
    );
  });

  it('is no record where a page is empty', async () => {
    const empty = {
      'Query.appointments': () => ({ edges: [], pageInfo: { startCursor: null, endCursor: null } }),
    };
    const noted = await notedOf('{ appointments { pageInfo { startCursor endCursor } } }', empty);
    expect(noted.map(({ action }) => action)).toEqual(['SEARCH']);
  });
});

describe('what is noted of a record', () => {
  const read = { action: 'READ', outcome: 'SUCCESS', recordType: 'Patient', recordIds: [1], patientIds: [1] };

  it.each([
    ['its fields', '{ patient(id: "1") { id allergies } }', ['allergies', 'id']],
    ['fields under another name', '{ patient(id: "1") { a: allergies } }', ['allergies']],
    ['fields of a fragment', '{ patient(id: "1") { ...F } } fragment F on Patient { name }', ['name']],
    [
      'fields of both of two selections',
      '{ a: patient(id: "1") { name } b: patient(id: "1") { id } }',
      ['id', 'name'],
    ],
    ['no field that is skipped', '{ patient(id: "1") { id allergies @skip(if: true) } }', ['id']],
    ['the record alone, where nothing of it is asked', '{ patient(id: "1") { __typename } }', []],
    ['a field that is null', '{ patient(id: "1") { id record { name } } }', ['id', 'record']],
  ])('is %s', async (_, source, fields) => {
    expect(await notedOf(source)).toEqual([{ ...read, fields }]);
  });

  it('is what a promise or any other thenable answers', async () => {
    const thenable = {
      then: (resolve: (value: unknown) => void) => {
        resolve(ada);
      },
    };
    for (const answer of [Promise.resolve(ada), thenable]) {
      const noted = await notedOf('{ patient(id: "1") { name } }', { 'Query.patient': () => answer });
      expect(noted).toEqual([{ ...read, fields: ['name'] }]);
    }
  });

  it('is each record of a list, and of a mutation’s payload', async () => {
    const list = { 'Query.patients': () => [ada, null, { ...ada, id: 2 }] };
    expect(await notedOf('{ patients { name } }', list)).toMatchObject([
      { recordIds: [1, 2], fields: ['name'] },
    ]);
    const change = { 'Mutation.change': () => ({ patient: ada, userErrors: [] }) };
    const mutation = 'mutation { change(input: { id: "1" }) { patient { name } userErrors { code } } }';
    expect(await notedOf(mutation, change)).toEqual([{ ...read, fields: ['name'] }]);
  });

  it('is no field that failed', async () => {
    const broken = {
      'Patient.allergies': () => {
        throw new Error('broken');
      },
    };
    expect(await notedOf('{ patient(id: "1") { id allergies } }', broken)).toEqual([
      { ...read, fields: ['id'] },
    ]);
  });

  it('is what was given out beside a failure that hides another record', async () => {
    const secret = {
      'Patient.secret': () => refuse('FORBIDDEN'),
      'Query.patients': () => [{ ...ada, id: 2 }],
    };
    const noted = await notedOf('{ patients { name secret } patient(id: "1") { name } }', secret);
    expect(noted).toContainEqual(
      expect.objectContaining({ outcome: 'SUCCESS', recordIds: [2, 1], fields: ['name'] }),
    );
    expect(noted).toContainEqual(
      expect.objectContaining({ outcome: 'DENIED', recordIds: [2], fields: ['secret'] }),
    );
  });
});

describe('what is noted of references', () => {
  const request = (ids: string): string =>
    `{ _entities(representations: [${ids}]) { ... on Patient { name } ... on Doctor { email } } }`;
  const one = '{ __typename: "Patient", id: "1" }';
  const other = '{ __typename: "Patient", id: "2" }';

  it.each([
    ['at once', (value: unknown) => value],
    ['later', (value: unknown) => Promise.resolve(value)],
  ])('is the records that are found, and the missing ones, where they are resolved %s', async (_, answer) => {
    const noted = await notedOf(request(`${one}, ${other}`), {
      'Query._entities': () => [answer(ada), answer(null)],
    });
    expect(noted).toEqual([
      {
        ...{ action: 'READ', outcome: 'NOT_FOUND', recordType: 'Patient', recordIds: ['2'], patientIds: [2] },
        operation: 'Query._entities',
      },
      {
        ...{ action: 'READ', outcome: 'SUCCESS', recordType: 'Patient', recordIds: [1], patientIds: [1] },
        fields: ['name'],
      },
    ]);
  });

  it('is nothing of one that fails, and of a type that is not audited', async () => {
    const doctor = { __typename: 'Doctor', id: 5, email: 'd@clinic.example' };
    const noted = await notedOf(request(`${one}, { __typename: "Doctor", id: "5" }`), {
      'Query._entities': () => [Promise.reject(new Error('broken')), doctor],
    });
    expect(noted).toEqual([]);
  });
});

describe('what is noted of a search', () => {
  const page = '{ edges { node { notes } } }';

  it('is how many records it gave out, the names of its conditions, and none of their values', async () => {
    const [search, ...reads] = await notedOf(
      `{ appointments(search: "Ada", filter: { patientId: "1", userId: null, text: "Latex" }, first: 5) ${page} }`,
    );
    expect(search).toEqual({
      action: 'SEARCH',
      outcome: 'SUCCESS',
      recordType: 'Appointment',
      recordCount: 1,
      patientIds: [1],
      fields: ['search', 'filter.patientId', 'filter.text'],
      operation: 'Query.appointments',
    });
    expect(reads).toMatchObject([
      { recordType: 'Appointment', recordIds: [8], patientIds: [1], fields: ['notes'] },
    ]);
  });

  it('is the patient whose list it is, also where it holds nothing', async () => {
    const empty = { 'Patient.appointments': () => ({ edges: [] }) };
    const noted = await notedOf('{ patient(id: "1") { appointments { totalCount } } }', empty);
    expect(noted).toContainEqual({
      action: 'SEARCH',
      outcome: 'SUCCESS',
      recordType: 'Appointment',
      recordCount: 0,
      patientIds: [1],
      fields: [],
      operation: 'Patient.appointments',
    });
  });

  it('of the trail itself is no more than that', async () => {
    const log = { 'Query.auditLog': () => ({ edges: [{ node: { id: 5 } }] }) };
    const noted = await notedOf(
      '{ auditLog(filter: { patientId: "3", userId: "7" }) { edges { node { id } } } }',
      log,
    );
    expect(noted).toEqual([
      {
        ...{
          action: 'SEARCH',
          outcome: 'SUCCESS',
          recordType: 'AuditEntry',
          recordCount: 1,
          patientIds: [3],
        },
        ...{ fields: ['filter.patientId', 'filter.userId'], operation: 'Query.auditLog' },
      },
    ]);
  });
});

describe('what is noted of records that are not shown', () => {
  it('is the id that was asked for, if a record can have it', async () => {
    expect(await notedOf('{ patient(id: "2") { name } }')).toEqual([
      {
        ...{ action: 'READ', outcome: 'NOT_FOUND', recordType: 'Patient', recordIds: ['2'], patientIds: [2] },
        operation: 'Query.patient',
      },
    ]);
    expect(await notedOf('{ patient(id: "Ada Lovelace") { name } }')).toMatchObject([
      { outcome: 'NOT_FOUND', recordIds: [], patientIds: [] },
    ]);
  });

  it.each([
    ['FORBIDDEN', 'DENIED'],
    ['NOT_FOUND', 'NOT_FOUND'],
    ['PATIENT_NOT_FOUND', 'NOT_FOUND'],
  ])('is a mutation that answers %s, without what it was to fill in', async (code, outcome) => {
    const userErrors = [
      { code: 'INVALID_INPUT', field: ['name'] },
      { code, field: ['allergies'] },
    ];
    const noted = await notedOf(
      'mutation { change(input: { id: "4", allergies: "Latex" }) { userErrors { code } } }',
      {
        'Mutation.change': () => ({ userErrors }),
      },
    );
    expect(noted).toEqual([
      {
        ...{ action: 'EXECUTE', outcome, recordType: 'Patient', recordIds: ['4'], patientIds: [4] },
        ...{ fields: ['allergies'], operation: 'Mutation.change', code },
      },
    ]);
  });

  it.each(['STALE_VERSION', 'SLOT_TAKEN'])('is a mutation of a record that fails with %s', async (code) => {
    const change = { 'Mutation.change': () => ({ userErrors: [{ code, field: null }] }) };
    expect(await notedOf('mutation { change(input: { id: "4" }) { userErrors { code } } }', change)).toEqual([
      expect.objectContaining({ action: 'EXECUTE', outcome: 'FAILURE', code, patientIds: [4] }),
    ]);
  });

  it('is no mutation that was refused for a value alone', async () => {
    const change = {
      'Mutation.change': () => ({ userErrors: [{ code: 'INVALID_INPUT', field: ['name'] }] }),
    };
    expect(await notedOf('mutation { change(input: { id: "4" }) { userErrors { code } } }', change)).toEqual(
      [],
    );
  });
});

describe('what is noted of a refusal', () => {
  it.each(['FORBIDDEN', 'UNAUTHENTICATED'] as const)('is its code, such as %s', async (code) => {
    const denials: Resolvers = {
      'Query.denied': () => refuse(code),
      'Mutation.change': () => refuse(code),
      'Patient.allergies': () => refuse(code),
      'Doctor.email': () => refuse(code),
      'Query.doctor': () => ({ id: 5 }),
    };
    const denied = { outcome: 'DENIED', code };
    expect(await notedOf('{ denied { name } }', denials)).toEqual([
      { ...denied, action: 'READ', operation: 'Query.denied' },
    ]);
    expect(await notedOf('{ patient(id: "1") { allergies } }', denials)).toContainEqual({
      ...denied,
      ...{ action: 'READ', recordType: 'Patient', recordIds: [1], patientIds: [1], fields: ['allergies'] },
    });
    expect(await notedOf('{ doctor { email } }', denials)).toEqual([
      { ...denied, action: 'READ', recordType: 'Doctor', recordIds: [5], fields: ['email'] },
    ]);
    expect(await notedOf('mutation { change(input: { id: "4" }) { userErrors { code } } }', denials)).toEqual(
      [
        {
          ...denied,
          ...{ action: 'EXECUTE', recordType: 'Patient', recordIds: ['4'], patientIds: [4], fields: [] },
          operation: 'Mutation.change',
        },
      ],
    );
  });
});
