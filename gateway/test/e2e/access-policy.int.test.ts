import { policy, type Policy } from '@caregraph/access-policy';
import { roles, type Role } from '@caregraph/service-kit';
import { getNamedType, isObjectType } from 'graphql';
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { CreateUserDocument, LogInDocument, SetDoctorScheduleDocument } from '../generated/operations.js';
import { fullLiteral, fullSelection, smallestLiteral, smallestSelection } from './platform/api-literals.js';
import { inputPaths } from './platform/input-paths.js';
import { startPlatformProcesses, type PlatformProcesses } from './platform/platform-processes.js';
import { recordAt, recordReads } from './platform/record-reads.js';
import { api } from './platform/root-field-requests.js';
import { connectRows, insertAppointment, insertPatient, insertUser, type Rows } from './platform/rows.js';

/*
 * Goes through the whole API as every role and as nobody, and holds what the services answer against the table. What
 * is expected is read from the table alone, so that a guard that is missing, or that denies too much, shows here.
 */
const table: Policy = policy;
const mutations = Object.values(api.getMutationType()?.getFields() ?? {});
/** The types of records that queries lead to; the others come in the answers of mutations. */
const queried = new Set(recordReads({}).map(({ type }) => type));

interface Account {
  readonly id: number;
  readonly role: Role;
  readonly email: string;
  readonly password: string;
  readonly token: string;
}

let platform: PlatformProcesses;
let users: Rows;
let appointments: Rows;
let colleagueId: number;
let patientId: number;
let appointmentId: number;
const accounts = new Map<Role, Account>();

beforeAll(async () => {
  platform = await startPlatformProcesses();
  users = await connectRows(platform.databases.users.superuserUrl);
  appointments = await connectRows(platform.databases.appointments.superuserUrl);
  const administrator = await insertUser(users, 'ADMIN', 'Root', 'Ng');
  const token = await platform.token(administrator);
  for (const role of roles) accounts.set(role, await openAccount(role, token));
  colleagueId = (await insertUser(users, 'DOCTOR', 'Sarah', 'Chen')).id;
  await using patients = await connectRows(platform.databases.patients.superuserUrl);
  const createdBy = administrator.id;
  patientId = await insertPatient(patients, { firstName: 'Alice', lastName: 'Moreau', createdBy });
  await patients.run(
    `UPDATE patients SET address = 'x', city = 'x', insurance = 'x', policy_number = 'x',
       emergency_contact_name = 'x', medical_history = 'x', allergies = 'x', medications = 'x'`,
  );
  appointmentId = await appointmentOf(colleagueId);
  await appointments.run(`UPDATE appointments SET notes = 'x'`);
  const week = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;
  const days = week.map((dayOfWeek) => ({ dayOfWeek, startTime: '09:00', endTime: '17:00' }));
  const input = { doctorId: String(colleagueId), days };
  const { data } = await platform.send(SetDoctorScheduleDocument, { input }, { token });
  expect(data?.setDoctorSchedule.userErrors).toEqual([]);

  return async () => {
    await users[Symbol.asyncDispose]();
    await appointments[Symbol.asyncDispose]();
    await platform[Symbol.asyncDispose]();
  };
});

/** An account that has logged in. */
async function openAccount(role: Role, token: string): Promise<Account> {
  const email = `${randomUUID()}@clinic.example`;
  const password = randomUUID();
  const account = { email, password, firstName: 'Given', lastName: role, role };
  const created = await platform.send(CreateUserDocument, { input: account }, { token });
  const login = await platform.send(LogInDocument, { input: { email, password } });
  const id = Number(created.data?.createUser.user?.id);
  return { id, role, email, password, token: login.data?.login.session?.accessToken ?? '' };
}

let day = 0;
/** A scheduled appointment of a doctor, on a day of its own. */
function appointmentOf(doctorId: number): Promise<number> {
  const dateTime = new Date(Date.UTC(2031, 2, 3 + day++, 9)).toISOString().slice(0, 16);
  return insertAppointment(appointments, { patientId, doctorId, createdBy: doctorId, dateTime });
}

/** The user errors of the one mutation of an answer, and whether the request as a whole was refused. */
function outcome({ data, errors }: Awaited<ReturnType<PlatformProcesses['query']>>) {
  const [payload] = Object.values(data ?? {}) as ({
    userErrors: { code: string; field: string[] | null }[];
  } | null)[];
  return {
    codes: (errors ?? []).map(({ extensions }) => extensions?.['code']),
    forbidden: (payload?.userErrors ?? [])
      .filter(({ code }) => code === 'FORBIDDEN')
      .map(({ field }) => field),
    payload,
  };
}

function mutate(name: string, input: string, token: string | undefined) {
  const { type } = mutations.find((mutation) => mutation.name === name) ?? {};
  if (type === undefined) throw new Error(`There is no mutation ${name}.`);
  // Of records that queries lead to too, one field is enough here: the rest of them is asked of queries.
  const selection = fullSelection(type, (inner) =>
    queried.has(getNamedType(inner).name) ? smallestSelection(inner) : fullSelection(inner),
  );
  return platform.query(`mutation { ${name}(input: ${input}) ${selection} }`, { token });
}

describe.each(roles)('what a %s reads', (role) => {
  /** The arguments with which each query finds a record that is not the viewer's own. */
  const callsFor = (): Record<string, string | null> => ({
    me: null,
    user: `(id: "${colleagueId}")`,
    patient: `(id: "${patientId}")`,
    appointment: `(id: "${appointmentId}")`,
    availableSlots: `(doctorId: "${colleagueId}", from: "2031-03-03T00:00:00Z", to: "2031-03-10T00:00:00Z", duration: 30)`,
  });

  it.each([...queried].sort())('of a %s is what the table says', async (type) => {
    const read = recordReads(callsFor()).find((candidate) => candidate.type === type);
    const { data, errors } = await platform.query(read?.request ?? '', { token: accounts.get(role)?.token });
    const record = recordAt(data, read?.path ?? []);
    expect(record, `a record to be found with ${read?.request ?? type}`).toBeTypeOf('object');
    expect(record).not.toBeNull();
    const denied = (read?.fields ?? []).filter((field) => table.read[type]?.[field]?.[role] !== 'yes');
    expect(
      new Set(errors?.map(({ path, extensions }) => `${path?.at(-1)} ${String(extensions?.['code'])}`)),
    ).toEqual(new Set(denied.map((field) => `${field} FORBIDDEN`)));
    expect(denied.map((field) => recordAt(record, [field]))).toEqual(denied.map(() => null));
  });

  it('of the own account is what the table says', async () => {
    const type = api.getType('User');
    if (!isObjectType(type)) throw new Error('There is no User.');
    const { data, errors } = await platform.query(`{ me ${fullSelection(type)} }`, {
      token: accounts.get(role)?.token,
    });
    expect(errors).toBeUndefined();
    expect(data?.['me']).toMatchObject({
      id: String(accounts.get(role)?.id),
      email: accounts.get(role)?.email,
    });
    expect(Object.values(table.read['User'] ?? {}).filter((rule) => rule[role] === 'no')).toEqual([]);
  });
});

describe.each(roles)('what a %s finds', (role) => {
  it('of accounts is what the table says', async () => {
    const token = accounts.get(role)?.token;
    const { account, doctor } = policy.find;
    for (const other of roles) {
      const { id } = await insertUser(users, other, 'Some', 'Body');
      const { data, errors } = await platform.query(`{ user(id: "${id}") { id } }`, { token });
      const finds = (other === 'DOCTOR' ? doctor : account)[role] === 'yes';
      expect(errors).toBeUndefined();
      expect(data).toEqual({ user: finds ? { id: String(id) } : null });
    }
    const { data } = await platform.query('{ users(first: 100) { edges { node { role } } } }', { token });
    const listed = (data?.['users'] as { edges: { node: { role: Role } }[] }).edges.map(
      ({ node }) => node.role,
    );
    expect([...new Set(listed)].sort()).toEqual(account[role] === 'yes' ? [...roles] : ['DOCTOR']);
  });
});

/** A user of the role whom no other test knows: some mutations end sessions or close accounts. */
async function newcomer(role: Role): Promise<{ id: number; token: string }> {
  const user = await insertUser(users, role, 'New', 'Comer');
  return { id: user.id, token: await platform.token(user) };
}

describe.each(roles)('what a %s does', (role) => {
  it.each(mutations)('with $name is what the table says', async ({ name, args: [input] }) => {
    if (input === undefined) throw new Error(`${name} has no input.`);
    const { token } = await newcomer(role);
    const smallest = outcome(await mutate(name, smallestLiteral(input.type), token));
    const full = outcome(await mutate(name, fullLiteral(input.type), token));
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
      `{ id: "${await appointmentOf(ownerId)}" }`,
    ],
    'Mutation.completeAppointment': async (ownerId) => [
      'completeAppointment',
      `{ id: "${await appointmentOf(ownerId)}" }`,
    ],
    'Mutation.setDoctorSchedule': (ownerId) =>
      Promise.resolve(['setDoctorSchedule', `{ doctorId: "${ownerId}", days: [] }`]),
    'UpdateAppointmentInput.notes': async (ownerId) => [
      'updateAppointment',
      `{ id: "${await appointmentOf(ownerId)}", notes: "x" }`,
    ],
    'BookAppointmentInput.notes': (ownerId) =>
      Promise.resolve([
        'bookAppointment',
        `{ patientId: "${patientId}", doctorId: "${ownerId}", dateTime: "2032-01-01T10:00:00Z", duration: 30,
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
    const { id, token } = await newcomer(role);
    const [mutation, input] = (await ownTargets[coordinate]?.(id)) ?? [];
    if (mutation === undefined || input === undefined)
      throw new Error(`Say here what ${coordinate} acts on.`);
    const { codes, forbidden } = outcome(await mutate(mutation, input, token));
    expect({ codes, forbidden }).toEqual({ codes: [], forbidden: [] });
  });

  it.each(owned)('a %s does not do with the records of others: %s', async (role, coordinate) => {
    const { token } = await newcomer(role);
    const [mutation, input] = (await ownTargets[coordinate]?.(colleagueId)) ?? [];
    if (mutation === undefined || input === undefined)
      throw new Error(`Say here what ${coordinate} acts on.`);
    const { codes, forbidden } = outcome(await mutate(mutation, input, token));
    expect(codes).toEqual([]);
    expect(forbidden).toHaveLength(1);
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
    const { email, password } = accounts.get('STAFF') ?? {};
    const input = `{ email: "${email ?? ''}", password: "${password ?? ''}" }`;
    const { codes, payload } = outcome(await mutate('login', input, undefined));
    expect(codes).toEqual([]);
    const session = Object.values(recordAt(payload, ['session']) ?? {});
    expect(session.length).toBeGreaterThan(0);
    expect(session).not.toContain(null);
  });
});
