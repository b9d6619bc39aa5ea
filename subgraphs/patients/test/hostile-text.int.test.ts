import { createSubgraphSchema } from '@caregraph/service-kit';
import { beforeAll, describe, expect, it } from 'vitest';
import { findArgumentProblems, textArguments } from '../../../test/hostile/argument-problems.js';
import { hostileTexts } from '../../../test/hostile/hostile-texts.js';
import { textFieldsOfMutations } from '../../../test/hostile/input-leaves.js';
import { searchesOf } from '../../../test/hostile/searches.js';
import { signedSender } from '../../../test/hostile/signed-request.js';
import { fieldsOf, type TextMutation } from '../../../test/hostile/text-attempts.js';
import { findTextProblems } from '../../../test/hostile/text-problems.js';
import { checked, given, optional, required, sought } from '../../../test/hostile/text-rules.js';
import { userViewer, type SubgraphClient } from '../../../test/subgraph-client.js';
import { createPatient, newPatient, startPatients } from './patients-service.js';

const schema = createSubgraphSchema(new URL('../schema.graphql', import.meta.url), {});
const doctor = userViewer('DOCTOR');
let patients: SubgraphClient;
let id: string;

beforeAll(async () => {
  patients = await startPatients();
  ({ id } = await createPatient(patients));

  return () => patients[Symbol.asyncDispose]();
});

const columns = {
  firstName: required(100),
  lastName: required(100),
  phone: checked,
  email: checked,
  'address.line': optional(10_000),
  'address.city': optional(100),
  'address.state': optional(50),
  'address.zipCode': optional(20),
  'insurance.provider': optional(255),
  'insurance.policyNumber': optional(100),
  'emergencyContact.name': optional(200),
  'emergencyContact.phone': checked,
  'emergencyContact.relationship': optional(50),
  medicalHistory: optional(10_000),
  allergies: optional(10_000),
  medications: optional(10_000),
};

const mutations: TextMutation[] = [
  { name: 'createPatient', rules: columns, input: () => ({ ...newPatient() }) },
  { name: 'updatePatient', rules: { id: sought, ...columns }, input: () => ({ id }) },
  { name: 'deactivatePatient', rules: { id: sought }, input: () => ({ id }) },
  { name: 'reactivatePatient', rules: { id: sought }, input: () => ({ id }) },
  {
    name: 'restrictPatient',
    rules: { id: sought, 'careTeam.0': sought, reason: given },
    input: () => ({ id, careTeam: ['1'], reason: 'Staff member' }),
  },
  { name: 'setCareTeam', rules: { id: sought, 'members.0': sought }, input: () => ({ id, members: ['1'] }) },
  { name: 'liftPatientRestriction', rules: { id: sought }, input: () => ({ id }) },
];

describe('hostile text', { timeout: 180_000 }, () => {
  it('is tried in every text field of every mutation', () => {
    expect(fieldsOf(mutations)).toEqual(textFieldsOfMutations(schema));
  });

  it.each(mutations)('in $name comes back unchanged, or is refused by name', async (mutation) => {
    const send = signedSender(patients, doctor);
    expect(await findTextProblems(schema, mutation, hostileTexts, send)).toEqual([]);
  });

  it.each(textArguments(schema))('as $name finds something or nothing', async ({ target, path }) => {
    const send = signedSender(patients, doctor);
    const texts = path.includes('search') ? searchesOf(hostileTexts) : hostileTexts;
    expect(await findArgumentProblems(schema, target, path, texts, send)).toEqual([]);
  });
});
