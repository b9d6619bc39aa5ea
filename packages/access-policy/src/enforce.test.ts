import type { Viewer } from '@caregraph/service-kit';
import { buildSchema, graphql, type GraphQLSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { enforcePolicy } from './enforce.js';

const session = { kind: 'user', id: 7, sessionId: 's' } as const;
const doctor: Viewer = { ...session, role: 'DOCTOR' };
const staff: Viewer = { ...session, role: 'STAFF' };
const administrator: Viewer = { ...session, role: 'ADMIN' };
const anonymous: Viewer = { kind: 'anonymous' };

const schema = enforcePolicy(
  buildSchema(`
    type Query { me: User patient: Patient }
    type Mutation {
      createPatient(input: CreatePatientInput!): CreatePatientPayload!
      createUser: CreateUserPayload!
      setDoctorSchedule(input: SetDoctorScheduleInput!): SetDoctorSchedulePayload!
    }
    type User { id: ID! email: String role: String firstName: String }
    type Patient { id: ID! allergies: String }
    input CreatePatientInput { allergies: String phone: String }
    input SetDoctorScheduleInput { doctorId: ID! }
    type CreatePatientPayload { patient: Patient userErrors: [PatientServiceError!]! }
    type CreateUserPayload { user: User userErrors: [UserServiceError!]! }
    type SetDoctorSchedulePayload { doctor: User userErrors: [AppointmentServiceError!]! }
    type PatientServiceError { code: String! message: String! field: [String!] }
    type UserServiceError { code: String! message: String! field: [String!] }
    type AppointmentServiceError { code: String! message: String! field: [String!] }
  `),
);

function run(source: string, viewer: Viewer, target: GraphQLSchema = schema) {
  const rootValue = {
    me: { id: 7, email: 'own@example.org' },
    patient: { id: 1, allergies: 'penicillin' },
    createPatient: { patient: { id: 2 }, userErrors: [] },
    createUser: { user: { id: 8, email: 'new@example.org' }, userErrors: [] },
    setDoctorSchedule: { doctor: { id: 9 }, userErrors: [] },
  };
  return graphql({ schema: target, source, rootValue, contextValue: { viewer } });
}

describe('the policy', () => {
  it('gives clinical content to those who treat', async () => {
    const { data, errors } = await run('{ patient { id allergies } }', doctor);
    expect(errors).toBeUndefined();
    expect(data).toEqual({ patient: { id: '1', allergies: 'penicillin' } });
  });

  it('answers null with FORBIDDEN at the path of a field that the role may not see', async () => {
    const { data, errors } = await run('{ patient { id allergies } }', staff);
    expect(data).toEqual({ patient: { id: '1', allergies: null } });
    expect(errors?.map(({ path, extensions }) => ({ path, code: extensions['code'] }))).toEqual([
      { path: ['patient', 'allergies'], code: 'FORBIDDEN' },
    ]);
  });

  it('answers UNAUTHENTICATED to somebody who has not logged in', async () => {
    const { data, errors } = await run('{ me { id } }', anonymous);
    expect(data).toEqual({ me: null });
    expect(errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED');
  });

  it('lets users read their own account, and nobody else but administrators', async () => {
    const other: Viewer = { ...doctor, id: 9 };
    expect((await run('{ me { email } }', doctor)).data).toEqual({ me: { email: 'own@example.org' } });
    expect((await run('{ me { email } }', other)).data).toEqual({ me: { email: null } });
    expect((await run('{ me { email } }', administrator)).data).toEqual({ me: { email: 'own@example.org' } });
  });

  it('answers a mutation that the role may not run with FORBIDDEN among its userErrors', async () => {
    const { data, errors } = await run(
      'mutation { createUser { user { id } userErrors { code field } } }',
      staff,
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ createUser: { user: null, userErrors: [{ code: 'FORBIDDEN', field: null }] } });
  });

  it('leaves to the service a mutation that the role may run for its own records', async () => {
    const source = 'mutation { setDoctorSchedule(input: { doctorId: "9" }) { doctor { id } } }';
    expect((await run(source, doctor)).data).toEqual({ setDoctorSchedule: { doctor: { id: '9' } } });
  });

  it('runs no mutation in the name of a service', async () => {
    const source = 'mutation { createUser { userErrors { code } } }';
    const { data, errors } = await run(source, { kind: 'service', name: 'appointments' });
    expect(data).toBeNull();
    expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN']);
  });

  it('names the input fields that the role may not fill in, null included', async () => {
    const source = (allergies: string) =>
      `mutation { createPatient(input: { allergies: ${allergies}, phone: "1" }) { patient { id } userErrors { code field } } }`;
    const refused = { patient: null, userErrors: [{ code: 'FORBIDDEN', field: ['allergies'] }] };
    expect((await run(source('"nuts"'), staff)).data).toEqual({ createPatient: refused });
    expect((await run(source('null'), staff)).data).toEqual({ createPatient: refused });
    expect((await run(source('"nuts"'), doctor)).data).toEqual({
      createPatient: { patient: { id: '2' }, userErrors: [] },
    });
  });

  it('finds input fields that the role may not fill in within lists, and in the arguments of a query', async () => {
    const nested = enforcePolicy(
      buildSchema(`
        type Query { patients(search: [CreatePatientInput!]): Patient }
        type Patient { id: ID! }
        input CreatePatientInput { phone: String allergies: String }
      `),
    );
    const source = '{ patients(search: [{ phone: "1" }, { allergies: "nuts" }]) { id } }';
    const { errors } = await run(source, staff, nested);
    expect(errors?.map(({ message, path }) => ({ message, path }))).toEqual([
      { message: 'Your role may not fill in search.1.allergies of Query.patients.', path: ['patients'] },
    ]);
    expect((await run(source, doctor, nested)).errors).toBeUndefined();
  });

  it.each([
    ['a query', 'type Query { secrets: String }', 'Query.secrets'],
    ['a mutation', 'type Query { me: String } type Mutation { destroy: String }', 'Mutation.destroy'],
    ['a field', 'type Query { patient: Patient } type Patient { secret: String }', 'Patient.secret'],
    [
      'an input field',
      'type Query { patients(filter: PatientFilter): String } input PatientFilter { secret: String }',
      'PatientFilter.secret',
    ],
  ])('does not start with %s that it does not name', (_, definition, coordinate) => {
    expect(() => enforcePolicy(buildSchema(definition))).toThrow(`does not name ${coordinate}.`);
  });
});
