import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedDatabase } from '../../../test/cluster.js';
import { userViewer, type SubgraphClient } from '../../../test/subgraph-client.js';
import {
  CountPatientsDocument,
  DeactivatePatientDocument,
  ListPatientsDocument,
  type ListPatientsQueryVariables,
  type PatientFilter,
} from './generated/operations.js';
import { createPatient, newPatient, startPatients } from './patients-service.js';

const viewer = userViewer('STAFF');
const database = new Client({ connectionString: sharedDatabase('patients').databaseUrl });
let patients: SubgraphClient;

beforeAll(async () => {
  await database.connect();
  patients = await startPatients();
});
afterAll(async () => {
  await patients[Symbol.asyncDispose]();
  await database.end();
});

async function list(variables: ListPatientsQueryVariables) {
  const { data, errors } = await patients.ask(viewer, ListPatientsDocument, variables);
  expect(errors).toBeUndefined();
  if (data.patients === null) throw new Error('There is no list.');
  return data.patients;
}

async function idsOf(variables: ListPatientsQueryVariables): Promise<string[]> {
  return (await list(variables)).edges.map(({ node }) => node.id);
}

/** The ids of all pages of a list, in order. */
async function walk(variables: ListPatientsQueryVariables): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  for (;;) {
    const page = await list({ ...variables, after });
    expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
    expect(page.pageInfo.startCursor).toBe(page.edges.at(0)?.cursor ?? null);
    ids.push(...page.edges.map(({ node }) => node.id));
    if (!page.pageInfo.hasNextPage) return ids;
    expect(page.edges).toHaveLength(variables.first ?? 20);
    after = page.pageInfo.endCursor;
  }
}

/** Patients that one user created, whom no other test has. */
function clinic() {
  const creator = userViewer('NURSE');
  const filter: PatientFilter = { createdById: String(creator.id) };
  return { creator, filter };
}

describe('the list of patients', () => {
  it('is ordered by last name, first name and id', async () => {
    const { creator, filter } = clinic();
    const ids: string[] = [];
    for (const [lastName, firstName] of [
      ['Baker', 'Ann'],
      ['Abbot', 'Zoe'],
      ['Baker', 'Ann'],
      ['Abbot', 'Amy'],
    ] as const) {
      ids.push((await createPatient(patients, { firstName, lastName }, creator)).id);
    }
    expect(await idsOf({ filter })).toEqual([ids[3], ids[1], ids[0], ids[2]]);
  });

  it('leaves inactive records out unless the filter asks for them', async () => {
    const { creator, filter } = clinic();
    const { id: active } = await createPatient(patients, { lastName: 'Active' }, creator);
    const { id: inactive } = await createPatient(patients, { lastName: 'Inactive' }, creator);
    const { id: unknown } = await createPatient(patients, { lastName: 'Unknown' }, creator);
    await patients.ask(creator, DeactivatePatientDocument, { input: { id: inactive } });
    await database.query('UPDATE patients SET is_active = NULL WHERE id = $1', [unknown]);
    expect(await idsOf({ filter })).toEqual([active, unknown]);
    expect(await idsOf({ filter: { ...filter, isActive: true } })).toEqual([active, unknown]);
    expect(await idsOf({ filter: { ...filter, isActive: false } })).toEqual([inactive]);
    expect(await idsOf({ filter: { ...filter, isActive: null } })).toEqual([active, inactive, unknown]);
  });

  it('holds what meets all conditions of the filter', async () => {
    const { creator, filter } = clinic();
    const one = await createPatient(
      patients,
      { lastName: 'A', dateOfBirth: '1950-05-05', gender: 'MALE', phone: '555-0001' },
      creator,
    );
    const other = await createPatient(
      patients,
      { lastName: 'B', dateOfBirth: '2000-01-01', gender: 'OTHER', phone: '555-0002' },
      creator,
    );
    const cases: [PatientFilter, string[]][] = [
      [{}, [one.id, other.id]],
      [{ gender: 'MALE' }, [one.id]],
      [{ gender: 'FEMALE' }, []],
      [{ bornFrom: '1950-05-05' }, [one.id, other.id]],
      [{ bornFrom: '1950-05-06' }, [other.id]],
      [{ bornTo: '1950-05-05' }, [one.id]],
      [{ bornFrom: '0001-01-01', bornTo: '9999-12-31' }, [one.id, other.id]],
      [{ bornFrom: '2000-01-01', bornTo: '1999-12-31' }, []],
      [{ phone: '555-0002' }, [other.id]],
      [{ phone: '555-000' }, []],
      [{ email: one.email }, [one.id]],
      [{ email: one.email, gender: 'OTHER' }, []],
    ];
    for (const [conditions, ids] of cases) {
      expect(await idsOf({ filter: { ...filter, ...conditions } })).toEqual(ids);
      const { data } = await patients.ask(viewer, CountPatientsDocument, {
        filter: { ...filter, ...conditions },
      });
      expect(data.patients?.totalCount).toBe(ids.length);
    }
  });

  it.each<PatientFilter>([
    { createdById: 'abc' },
    { createdById: '-1' },
    { createdById: '99999999999999' },
    { createdById: '2147483647' },
    { phone: '\0' },
    { email: '\ud800' },
  ])('is empty for %j, which no record can meet', async (filter) => {
    expect(await list({ filter })).toEqual({
      edges: [],
      pageInfo: { startCursor: null, endCursor: null, hasNextPage: false, hasPreviousPage: false },
    });
    const { data } = await patients.ask(viewer, CountPatientsDocument, { filter });
    expect(data).toEqual({ patients: { totalCount: 0 } });
  });

  it.each<ListPatientsQueryVariables>([
    { first: 0 },
    { first: -1 },
    { first: 101 },
    { after: '' },
    { after: 'garbage' },
    { after: cursor({}) },
    { after: cursor([0, 'A', 'B']) },
    { after: cursor([0, 'A', 'B', 'C']) },
    { after: cursor([0, 'A\0', 'B', 1]) },
    { after: cursor([0, 'A', '\ud800', 1]) },
    { after: cursor([0, 'A', 'B', 2_147_483_648]) },
    { after: cursor([99_999_999_999, 'A', 'B', 1]), search: 'a' },
    { after: cursor([0.5, 'A', 'B', 1]), search: 'a' },
    { search: 'x'.repeat(201) },
    { search: '\0' },
    { search: '\udfff' },
  ])('answers BAD_USER_INPUT to %j', async (variables) => {
    const { data, errors } = await patients.ask(viewer, ListPatientsDocument, variables);
    expect(data).toEqual({ patients: null });
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['BAD_USER_INPUT']);
  });
});

describe('the search', () => {
  it('puts the best match first', async () => {
    const { creator, filter } = clinic();
    const create = async (firstName: string, lastName: string, email = newPatient().email) =>
      (await createPatient(patients, { firstName, lastName, email }, creator)).id;
    const byEmail = await create('Aaron', 'Able', 'anna.lee@example.com');
    const prefixes = await create('Annabel', 'Leeds');
    const prefixOfEmail = await create('Bob', 'Able', 'leeway.annals@example.com');
    const oneInEmail = await create('Annabel', 'Able', 'lee@example.com');
    const more = await create('Anna Maria', 'Lee');
    const reversed = await create('Lee', 'Anna');
    const exact = await create('ÁNNA', 'Lée');
    await create('Anna', 'Smith');
    expect(await idsOf({ search: ' anna  LEE ', filter })).toEqual([
      exact,
      reversed,
      more,
      byEmail,
      prefixes,
      oneInEmail,
      prefixOfEmail,
    ]);
  });

  it.each([
    ['muller', 'Jürgen', 'Müller'],
    ['MÜLLER jürg', 'Jurgen', 'Muller'],
    ["o'brien", 'Pat', 'O’Brien'],
    ['brien', 'Pat', "O'Brien"],
    ['Łukasz', 'Lukasz', 'Nowak'],
    ['smith-jones', 'Al', 'Smith Jones'],
    ['δημήτρης', 'Δημήτρης', 'Παππάς'],
    ['иван', 'Иван', 'Петров'],
    ['& | ! :* anna', 'Anna', 'Bell'],
    ["anna' OR 1=1", 'Anna', 'Or 1 1'],
  ])('finds by %j somebody called %s %s', async (search, firstName, lastName) => {
    const { creator, filter } = clinic();
    const { id } = await createPatient(patients, { firstName, lastName }, creator);
    expect(await idsOf({ search, filter })).toEqual([id]);
  });

  it('finds nobody by what no name has, nor by punctuation alone', async () => {
    const { creator, filter } = clinic();
    await createPatient(patients, { firstName: 'Anna', lastName: 'Bell' }, creator);
    for (const search of ['anna xavier', 'nna', '!?', "'", '%', '_']) {
      expect(await idsOf({ search, filter })).toEqual([]);
    }
    expect(await idsOf({ search: '  ', filter })).toHaveLength(1);
  });

  it('leaves inactive records out, and counts what it finds', async () => {
    const { creator, filter } = clinic();
    const { id } = await createPatient(patients, { firstName: 'Anna' }, creator);
    await createPatient(patients, { firstName: 'Annabel' }, creator);
    await patients.ask(creator, DeactivatePatientDocument, { input: { id } });
    const count = async (isActive: boolean | null) =>
      (await patients.ask(viewer, CountPatientsDocument, { search: 'anna', filter: { ...filter, isActive } }))
        .data.patients?.totalCount;
    expect([await count(true), await count(false), await count(null)]).toEqual([1, 1, 2]);
  });
});

describe('the pages of a list', () => {
  const names = [
    'Anna',
    'ánna',
    'Ann',
    'Annabel',
    "D'Anna",
    'O’Anna',
    'Änna-Lena',
    'Zoë',
    'anna b',
    'Ωmega',
    '安娜',
  ];
  const name = fc.constantFrom(...names);
  const row = fc.record({
    firstName: name,
    lastName: name,
    email: fc.constantFrom('anna@x.org', 'z@ann.org'),
  });

  it('together hold each row once, in the order of the list, with and without a search', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom(null, 'a', 'ann', 'anna', "d'anna", 'Ánna anna', 'annabel x'),
        async (rows, first, search) => {
          const { creator, filter } = clinic();
          const inserted = await database.query<{ id: number }>(
            `INSERT INTO patients (first_name, last_name, email, date_of_birth, gender, phone, created_by)
             SELECT "firstName", "lastName", email, '1990-01-01', 'other', '555-0100', $2
             FROM json_to_recordset($1) AS rows ("firstName" text, "lastName" text, email text) RETURNING id`,
            [JSON.stringify(rows), creator.id],
          );
          const whole = await idsOf({ search, filter, first: 100 });
          expect(await walk({ search, filter, first })).toEqual(whole);
          expect(new Set(whole).size).toBe(whole.length);
          if (search === null) {
            expect(new Set(whole)).toEqual(new Set(inserted.rows.map(({ id }) => String(id))));
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

function cursor(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}
