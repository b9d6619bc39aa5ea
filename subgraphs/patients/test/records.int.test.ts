import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serviceViewer, userViewer, type SubgraphClient } from '../../../test/subgraph-client.js';
import {
  CreateChartDocument,
  CreatePatientDocument,
  DeactivatePatientDocument,
  GetChartDocument,
  GetPatientDocument,
  ReactivatePatientDocument,
  UpdateChartDocument,
  UpdatePatientDocument,
  type CreatePatientInput,
} from './generated/operations.js';
import { createPatient, newPatient, startPatients } from './patients-service.js';

const nurse = userViewer('NURSE');
let patients: SubgraphClient;

beforeAll(async () => {
  patients = await startPatients();
});
afterAll(() => patients[Symbol.asyncDispose]());

describe('creating a record', () => {
  it('answers the whole record, created by the viewer', async () => {
    const input = newPatient({
      address: { line: '12 St James’s Square', city: 'London', state: 'LDN', zipCode: 'SW1Y 4JH' },
      insurance: { provider: 'Analytical Mutual', policyNumber: 'AM-1843' },
      emergencyContact: { name: 'William King', phone: '555-0101', relationship: 'husband' },
    });
    const { data, errors } = await patients.ask(nurse, CreatePatientDocument, { input });
    expect(errors).toBeUndefined();
    expect(data.createPatient).toEqual({
      patient: {
        ...input,
        id: expect.stringMatching(/^[1-9]\d*$/) as string,
        fullName: 'Ada Lovelace',
        age: expect.any(Number) as number,
        isActive: true,
        version: 1,
        createdAt: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/) as string,
        updatedAt: data.createPatient.patient?.createdAt,
        createdBy: { id: String(nurse.id) },
      },
      userErrors: [],
    });
  });

  it('keeps the time of creation in UTC', async () => {
    const before = Date.now();
    const { createdAt } = await createPatient(patients);
    expect(Math.abs(Date.parse(createdAt ?? '') - before)).toBeLessThan(60_000);
  });

  it('leaves out the groups of which nothing is known', async () => {
    const patient = await createPatient(patients, { address: {}, insurance: { provider: null } });
    expect(patient).toMatchObject({ address: null, insurance: null, emergencyContact: null });
  });

  it('keeps clinical content that a nurse or a doctor fills in', async () => {
    for (const viewer of [nurse, userViewer('DOCTOR')]) {
      const chart = { medicalHistory: 'Asthma', allergies: 'Penicillin', medications: 'Salbutamol' };
      const { data } = await patients.ask(viewer, CreateChartDocument, { input: newPatient(chart) });
      expect(data.createPatient).toMatchObject({ patient: chart, userErrors: [] });
    }
  });

  it.each(['STAFF', 'ADMIN'] as const)(
    'refuses clinical content from %s, without creating a record',
    async (role) => {
      const input = newPatient({ allergies: 'Penicillin' });
      const { data } = await patients.ask(userViewer(role), CreatePatientDocument, { input });
      expect(data.createPatient).toMatchObject({
        patient: null,
        userErrors: [{ code: 'FORBIDDEN', field: ['allergies'] }],
      });
    },
  );

  it('names every value that breaks a rule', async () => {
    const input = newPatient({
      firstName: ' ',
      lastName: 'x'.repeat(101),
      dateOfBirth: '9999-12-31',
      phone: 'none',
      email: 'nobody',
      address: { zipCode: '1'.repeat(21) },
      emergencyContact: { phone: 'call me' },
    });
    const { data } = await patients.ask(nurse, CreatePatientDocument, { input });
    expect(data.createPatient.patient).toBeNull();
    expect(data.createPatient.userErrors.map(({ code, field }) => [code, field?.join('.')])).toEqual([
      ['INVALID_INPUT', 'firstName'],
      ['INVALID_INPUT', 'lastName'],
      ['INVALID_INPUT', 'dateOfBirth'],
      ['INVALID_INPUT', 'phone'],
      ['INVALID_INPUT', 'email'],
      ['INVALID_INPUT', 'address.zipCode'],
      ['INVALID_INPUT', 'emergencyContact.phone'],
    ]);
  });

  const textFields: ((value: string) => Partial<CreatePatientInput>)[] = [
    (firstName) => ({ firstName }),
    (lastName) => ({ lastName }),
    (phone) => ({ phone }),
    (email) => ({ email }),
    (line) => ({ address: { line } }),
    (city) => ({ address: { city } }),
    (state) => ({ address: { state } }),
    (zipCode) => ({ address: { zipCode } }),
    (provider) => ({ insurance: { provider } }),
    (policyNumber) => ({ insurance: { policyNumber } }),
    (name) => ({ emergencyContact: { name } }),
    (phone) => ({ emergencyContact: { phone } }),
    (relationship) => ({ emergencyContact: { relationship } }),
    (medicalHistory) => ({ medicalHistory }),
    (allergies) => ({ allergies }),
    (medications) => ({ medications }),
  ];

  it.each([
    ['NUL', 'a\0b'],
    ['an unpaired surrogate', 'a\ud800b'],
  ])('refuses %s in every text field', async (_, text) => {
    const answers = await Promise.all(
      textFields.map((fill) => patients.ask(nurse, CreateChartDocument, { input: newPatient(fill(text)) })),
    );
    expect(answers.filter(({ errors }) => errors !== undefined)).toEqual([]);
    for (const { data } of answers) {
      expect(data.createPatient.patient).toBeNull();
      expect(new Set(data.createPatient.userErrors.map(({ code }) => code))).toEqual(
        new Set(['INVALID_INPUT']),
      );
    }
  });

  it('keeps the longest texts that the columns hold', async () => {
    const astral = '𝒜';
    const input = newPatient({
      firstName: astral.repeat(100),
      lastName: 'É'.repeat(100),
      phone: '1'.repeat(15) + ' '.repeat(5),
      address: {
        line: 'x'.repeat(10_000),
        city: 'x'.repeat(100),
        state: 'x'.repeat(50),
        zipCode: astral.repeat(20),
      },
      insurance: { provider: 'x'.repeat(255), policyNumber: 'x'.repeat(100) },
      emergencyContact: { name: 'x'.repeat(200), relationship: 'x'.repeat(50) },
    });
    const { data } = await patients.ask(nurse, CreatePatientDocument, { input });
    expect(data.createPatient).toMatchObject({ patient: input, userErrors: [] });
  });
});

describe('reading a record', () => {
  it.each(['abc', '-1', '0', '007', '99999999999999', '2147483647', '', '1 OR 1=1', '\0'])(
    'finds nothing under the id %j',
    async (id) => {
      expect(await patients.ask(nurse, GetPatientDocument, { id })).toEqual({ data: { patient: null } });
    },
  );

  it('refuses clinical content to the front desk, and answers the rest', async () => {
    const { id } = await createPatient(patients);
    const { data, errors } = await patients.ask(userViewer('STAFF'), GetChartDocument, { id });
    expect(data.patient).toEqual({ id, medicalHistory: null, allergies: null, medications: null });
    expect(errors?.map(({ path, extensions }) => [path, extensions?.['code']])).toEqual([
      [['patient', 'medicalHistory'], 'FORBIDDEN'],
      [['patient', 'allergies'], 'FORBIDDEN'],
      [['patient', 'medications'], 'FORBIDDEN'],
    ]);
  });

  it('refuses everything to somebody who has not logged in', async () => {
    const { id } = await createPatient(patients);
    const anonymous = { kind: 'anonymous' } as const;
    const read = await patients.ask(anonymous, GetPatientDocument, { id });
    expect(read.data).toEqual({ patient: null });
    expect(read.errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['UNAUTHENTICATED']);
    const create = await patients.ask(anonymous, CreatePatientDocument, { input: newPatient() });
    expect(create.errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['UNAUTHENTICATED']);
  });

  it('resolves references for another service, in order, with null for what there is not', async () => {
    const [one, other] = [await createPatient(patients), await createPatient(patients)];
    await patients.ask(nurse, DeactivatePatientDocument, { input: { id: other.id } });
    const ids = [other.id, 'abc', one.id, '99999999999999', other.id];
    const answer = await patients.resolveReferences(
      serviceViewer('appointments'),
      '... on Patient { id isActive }',
      ids.map((id) => ({ __typename: 'Patient', id })),
    );
    expect(answer).toEqual({
      data: {
        _entities: [
          { id: other.id, isActive: false },
          null,
          { id: one.id, isActive: true },
          null,
          { id: other.id, isActive: false },
        ],
      },
    });
  });
});

describe('changing a record', () => {
  it('leaves alone what is absent, and raises the version', async () => {
    const before = await createPatient(patients, { address: { line: '1 Main Street', city: 'Lowell' } });
    const { data } = await patients.ask(userViewer('STAFF'), UpdatePatientDocument, {
      input: { id: before.id, version: 1, firstName: 'Augusta', address: { city: 'Boston' } },
    });
    expect(data.updatePatient).toEqual({
      patient: {
        ...before,
        firstName: 'Augusta',
        fullName: 'Augusta Lovelace',
        address: { line: '1 Main Street', city: 'Boston', state: null, zipCode: null },
        version: 2,
        updatedAt: data.updatePatient.patient?.updatedAt,
      },
      userErrors: [],
    });
  });

  it('changes every column', async () => {
    const { id } = await createPatient(patients);
    const input = newPatient({
      firstName: 'Grace',
      lastName: 'Hopper',
      dateOfBirth: '1906-12-09',
      gender: 'OTHER',
      phone: '555-0199',
      address: { line: 'Pier 1', city: 'Arlington', state: 'VA', zipCode: '22201' },
      insurance: { provider: 'Navy', policyNumber: 'N-1' },
      emergencyContact: { name: 'Mary', phone: '555-0102', relationship: 'sister' },
    });
    const { data } = await patients.ask(nurse, UpdatePatientDocument, { input: { id, ...input } });
    expect(data.updatePatient).toMatchObject({ patient: { id, ...input }, userErrors: [] });
  });

  it('clears a part with null, and a whole group', async () => {
    const { id } = await createPatient(patients, {
      address: { line: '1 Main Street', city: 'Lowell' },
      insurance: { provider: 'Navy', policyNumber: 'N-1' },
    });
    const { data } = await patients.ask(nurse, UpdatePatientDocument, {
      input: { id, address: { line: null }, insurance: null },
    });
    expect(data.updatePatient.patient).toMatchObject({
      address: { line: null, city: 'Lowell' },
      insurance: null,
    });
  });

  it('clears clinical content with null', async () => {
    const { id } = await createPatient(patients, { allergies: 'Penicillin', medications: 'Salbutamol' });
    const { data } = await patients.ask(nurse, UpdateChartDocument, { input: { id, allergies: null } });
    expect(data.updatePatient.patient).toMatchObject({ allergies: null, medications: 'Salbutamol' });
  });

  it.each(['firstName', 'lastName', 'dateOfBirth', 'gender', 'phone', 'email'])(
    'refuses null for %s',
    async (field) => {
      const { id } = await createPatient(patients);
      const { data } = await patients.ask(nurse, UpdatePatientDocument, { input: { id, [field]: null } });
      expect(data.updatePatient).toMatchObject({
        patient: null,
        userErrors: [{ code: 'INVALID_INPUT', field: [field] }],
      });
    },
  );

  it('refuses a stale version, and changes nothing', async () => {
    const { id } = await createPatient(patients);
    const update = (firstName: string) =>
      patients.ask(nurse, UpdatePatientDocument, { input: { id, version: 1, firstName } });
    const answers = await Promise.all(['One', 'Two', 'Three', 'Four'].map(update));
    const outcomes = answers.map(({ data }) => data.updatePatient);
    expect(outcomes.filter(({ patient }) => patient !== null)).toHaveLength(1);
    expect(outcomes.flatMap(({ userErrors }) => userErrors.map(({ code, field }) => [code, field]))).toEqual(
      Array.from({ length: 3 }, () => ['STALE_VERSION', ['version']]),
    );
    const { data } = await patients.ask(nurse, GetPatientDocument, { id });
    expect(data.patient).toEqual(outcomes.find(({ patient }) => patient !== null)?.patient);
  });

  it('answers the record as it is when nothing is to change', async () => {
    const before = await createPatient(patients);
    const input = { id: before.id, version: before.version };
    const { data } = await patients.ask(nurse, UpdatePatientDocument, { input });
    expect(data.updatePatient).toEqual({ patient: before, userErrors: [] });
    const stale = await patients.ask(nurse, UpdatePatientDocument, { input: { id: before.id, version: 7 } });
    expect(stale.data.updatePatient.userErrors.map(({ code }) => code)).toEqual(['STALE_VERSION']);
  });

  it.each(['abc', '99999999999999', '2147483647'])('answers NOT_FOUND for the id %j', async (id) => {
    const notFound = { patient: null, userErrors: [{ code: 'NOT_FOUND', field: ['id'] }] };
    const input = { id };
    expect((await patients.ask(nurse, UpdatePatientDocument, { input })).data).toMatchObject({
      updatePatient: notFound,
    });
    expect((await patients.ask(nurse, DeactivatePatientDocument, { input })).data).toEqual({
      deactivatePatient: notFound,
    });
    expect((await patients.ask(nurse, ReactivatePatientDocument, { input })).data).toEqual({
      reactivatePatient: notFound,
    });
  });

  it('takes a record out of use and puts it into use again', async () => {
    const { id } = await createPatient(patients);
    const deactivate = () => patients.ask(nurse, DeactivatePatientDocument, { input: { id, version: 1 } });
    expect((await deactivate()).data.deactivatePatient).toEqual({
      patient: { id, isActive: false, version: 2 },
      userErrors: [],
    });
    expect((await deactivate()).data.deactivatePatient.userErrors).toEqual([
      { code: 'STALE_VERSION', field: ['version'] },
    ]);
    const { data } = await patients.ask(nurse, ReactivatePatientDocument, { input: { id } });
    expect(data.reactivatePatient).toEqual({
      patient: { id, isActive: true, version: 3 },
      userErrors: [],
    });
  });
});
