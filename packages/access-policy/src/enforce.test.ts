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
    type Mutation { createPatient(input: CreatePatientInput!): CreatePatientPayload! createUser: CreateUserPayload! }
    type User { id: ID! email: String }
    type Patient { id: ID! allergies: String }
    input CreatePatientInput { allergies: String phone: String }
    type CreatePatientPayload { patient: Patient userErrors: [PatientServiceError!]! }
    type CreateUserPayload { user: User userErrors: [UserServiceError!]! }
    type PatientServiceError { code: String! message: String! field: [String!] }
    type UserServiceError { code: String! message: String! field: [String!] }
  `),
);

function run(source: string, viewer: Viewer, target: GraphQLSchema = schema) {
  const rootValue = {
    me: { id: 7, email: 'own@example.org' },
    patient: { id: 1, allergies: 'penicillin' },
    createPatient: { patient: { id: 2 }, userErrors: [] },
    createUser: { user: { id: 8, email: 'new@example.org' }, userErrors: [] },
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

  it('does not start with a field that it does not name', () => {
    expect(() => enforcePolicy(buildSchema('type Query { secrets: String }'))).toThrow(
      /does not name Query.secrets/,
    );
  });
});
