import { policy, type Policy } from '@caregraph/access-policy';
import { roles, type Role } from '@caregraph/service-kit';
import { getNamedType, isObjectType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { fullLiteral, fullSelection, smallestLiteral, smallestSelection } from './platform/api-literals.js';
import { startClinic, type Clinic } from './platform/clinic.js';
import { inputPaths } from './platform/input-paths.js';
import { recordAt, recordReads } from './platform/record-reads.js';
import { api } from './platform/root-field-requests.js';

/*
 * Runs every mutation as every role, with as little and with as much input as it takes, and holds what the services
 * answer against the table.
 */
const table: Policy = policy;
const mutations = Object.values(api.getMutationType()?.getFields() ?? {});
/** The types of records that queries lead to; the others come in the answers of mutations. */
const queried = new Set(recordReads({}).map(({ type }) => type));

let clinic: Clinic;

beforeAll(async () => {
  clinic = await startClinic();
  return () => clinic[Symbol.asyncDispose]();
});

/** What came of a mutation: the codes of the errors, the refusals of its payload, and the payload. */
async function mutate(name: string, input: string, token?: string) {
  const { type } = mutations.find((mutation) => mutation.name === name) ?? {};
  if (type === undefined) throw new Error(`There is no mutation ${name}.`);
  // Of records that queries lead to, one field is enough here: the rest of them is asked of queries.
  const selection = fullSelection(type, (inner) =>
    queried.has(getNamedType(inner).name) ? smallestSelection(inner) : fullSelection(inner),
  );
  const request = `mutation { ${name}(input: ${input}) ${selection} }`;
  const { data, errors } = await clinic.platform.query(request, { token });
  const [payload] = Object.values(data ?? {}) as ({ userErrors: UserError[] } | null)[];
  const userErrors = payload?.userErrors ?? [];
  return {
    codes: (errors ?? []).map(({ extensions }) => extensions?.['code']),
    forbidden: userErrors.filter(({ code }) => code === 'FORBIDDEN').map(({ field }) => field),
    notFound: userErrors.filter(({ code }) => code === 'NOT_FOUND').map(({ field }) => field),
    payload,
  };
}

interface UserError {
  readonly code: string;
  readonly field: string[] | null;
}

describe.each(roles)('what a %s does', (role) => {
  it.each(mutations)('with $name is what the table says', async ({ name, args: [input] }) => {
    if (input === undefined) throw new Error(`${name} has no input.`);
    const { token } = await clinic.addUser(role);
    const smallest = await mutate(name, smallestLiteral(input.type), token);
    const full = await mutate(name, fullLiteral(input.type), token);
    expect([...smallest.codes, ...full.codes]).toEqual([]);
    const decision = table.mutate[name]?.[role];
    const paths = (sought: string): string[][] =>
      inputPaths(input.type, (type, field) => table.fill[type]?.[field]?.[role] === sought);
    if (decision === 'no') expect([smallest.forbidden, full.forbidden]).toEqual([[null], [null]]);
    else if (paths('no').length > 0) expect(full.forbidden).toEqual(paths('no'));
    else if (decision === 'yes' && paths('own').length === 0) expect(full.forbidden).toEqual([]);
    if (decision === 'yes') expect(smallest.forbidden).toEqual([]);
  });
});

/** What is done with a record of the owner, for each mutation and each input field of which the table says `own`. */
const ownTargets: Readonly<Record<string, (ownerId: number) => Promise<[mutation: string, input: string]>>> =
  {
    'Mutation.startAppointment': async (ownerId) => [
      'startAppointment',
      `{ id: "${await clinic.addAppointment(ownerId)}" }`,
    ],
    'Mutation.completeAppointment': async (ownerId) => [
      'completeAppointment',
      `{ id: "${await clinic.addAppointment(ownerId)}" }`,
    ],
    'Mutation.setDoctorSchedule': (ownerId) =>
      Promise.resolve(['setDoctorSchedule', `{ doctorId: "${ownerId}", days: [] }`]),
    'Mutation.addTimeOff': (ownerId) =>
      Promise.resolve([
        'addTimeOff',
        `{ doctorId: "${ownerId}", firstDate: "2032-01-01", lastDate: "2032-01-02" }`,
      ]),
    'Mutation.addExtraHours': (ownerId) =>
      Promise.resolve([
        'addExtraHours',
        `{ doctorId: "${ownerId}", date: "2032-01-01", startTime: "09:00", endTime: "10:00" }`,
      ]),
    'Mutation.removeScheduleException': async (ownerId) => [
      'removeScheduleException',
      `{ id: "${await clinic.addTimeOff(ownerId)}" }`,
    ],
    'Mutation.revokeSession': async (ownerId) => [
      'revokeSession',
      `{ id: "${await clinic.addSession(ownerId)}" }`,
    ],
    'Mutation.revokeAllSessions': (ownerId) =>
      Promise.resolve(['revokeAllSessions', `{ userId: "${ownerId}" }`]),
    'UpdateAppointmentInput.notes': async (ownerId) => [
      'updateAppointment',
      `{ id: "${await clinic.addAppointment(ownerId)}", notes: "x" }`,
    ],
    ...Object.fromEntries(
      ['outsideSchedule', 'doctorOverlap', 'patientOverlap'].flatMap((rule) => {
        const override = `override: { ${rule}: true, reason: "x" }`;
        return [
          [
            `BookAppointmentInput.override.${rule}`,
            (ownerId: number) =>
              Promise.resolve([
                'bookAppointment',
                `{ patientId: "${clinic.patientId}", doctorId: "${ownerId}", dateTime: "2032-01-02T10:00:00Z",
                 duration: 30, type: EMERGENCY, reason: "x", ${override} }`,
              ]),
          ],
          [
            `RescheduleAppointmentInput.override.${rule}`,
            async (ownerId: number) => [
              'rescheduleAppointment',
              `{ id: "${await clinic.addAppointment(ownerId)}", dateTime: "2032-01-03T10:00:00Z", ${override} }`,
            ],
          ],
        ];
      }),
    ),
    'BookAppointmentInput.notes': (ownerId) =>
      Promise.resolve([
        'bookAppointment',
        `{ patientId: "${clinic.patientId}", doctorId: "${ownerId}", dateTime: "2032-01-01T10:00:00Z", duration: 30,
         type: EMERGENCY, reason: "x", notes: "x" }`,
      ]),
  };

/** Each role with each mutation, and each input field of another mutation, of which the table says `own` to it. */
const owned = roles.flatMap((role) =>
  mutations.flatMap(({ name, args: [input] }): [Role, string][] => {
    const decision = table.mutate[name]?.[role];
    if (decision === 'own') return [[role, `Mutation.${name}`]];
    if (decision !== 'yes' || input === undefined) return [];
    const type = getNamedType(input.type).name;
    const paths = inputPaths(input.type, (owner, field) => table.fill[owner]?.[field]?.[role] === 'own');
    return paths.map((path) => [role, `${type}.${path.join('.')}`]);
  }),
);

describe('what the table calls own', () => {
  it.each(owned)('a %s does with own records: %s', async (role, coordinate) => {
    const { id, token } = await clinic.addUser(role);
    const [mutation, input] = (await ownTargets[coordinate]?.(id)) ?? [];
    if (mutation === undefined || input === undefined)
      throw new Error(`Say here what ${coordinate} acts on.`);
    expect(await mutate(mutation, input, token)).toMatchObject({ codes: [], forbidden: [], notFound: [] });
  });

  it.each(owned)('a %s does not do with the records of others: %s', async (role, coordinate) => {
    const { token } = await clinic.addUser(role);
    const [mutation, input] = (await ownTargets[coordinate]?.(clinic.doctorId)) ?? [];
    if (mutation === undefined || input === undefined)
      throw new Error(`Say here what ${coordinate} acts on.`);
    const { codes, forbidden, notFound } = await mutate(mutation, input, token);
    expect(codes).toEqual([]);
    // What somebody may not even find is not there.
    expect([...forbidden, ...notFound]).toHaveLength(1);
  });
});

describe('the types that only mutations answer', () => {
  it('are all asked for, with every field', () => {
    const answered = mutations.flatMap(({ type }) => {
      const payload = getNamedType(type);
      const inner = isObjectType(payload)
        ? Object.values(payload.getFields()).map((field) => field.type)
        : [];
      return [payload.name, ...inner.map((field) => getNamedType(field).name)];
    });
    const unasked = Object.values(api.getTypeMap())
      .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
      .map(({ name }) => name)
      .filter((name) => !queried.has(name) && !answered.includes(name));
    expect(unasked).toEqual(['Query', 'Mutation']);
  });

  it('hold a session for whoever logs in', async () => {
    const { email, password } = clinic.accounts.STAFF;
    const input = `{ email: "${email}", password: "${password}" }`;
    const { codes, payload } = await mutate('login', input);
    expect(codes).toEqual([]);
    const session = Object.values(recordAt(payload, ['session']) ?? {});
    expect(session.length).toBeGreaterThan(0);
    expect(session).not.toContain(null);
  });
});
