import { noClient, signContext, type CallContext } from '@caregraph/service-kit';
import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  CompleteAppointmentDocument,
  CreateUserDocument,
  DoctorsDayDocument,
  LogInDocument,
  PatientPageDocument,
  RegisterPatientDocument,
  SetDoctorScheduleDocument,
} from '../generated/operations.js';
import { signAccessToken } from './platform/access-token.js';
import { startPlatformProcesses, type PlatformProcesses } from './platform/platform-processes.js';
import { rootFieldRequests } from './platform/root-field-requests.js';
import { connectRows, insertAppointment, insertPatient, insertUser, type UserRow } from './platform/rows.js';

let platform: PlatformProcesses;
let administrator: UserRow;
let doctor: UserRow;
let clerk: UserRow;
let patientId: number;
let appointmentId: number;

beforeAll(async () => {
  platform = await startPlatformProcesses();
  await using users = await connectRows(platform.databases.users.superuserUrl);
  await using patients = await connectRows(platform.databases.patients.superuserUrl);
  await using appointments = await connectRows(platform.databases.appointments.superuserUrl);
  administrator = await insertUser(users, 'ADMIN', 'Root', 'Ng');
  doctor = await insertUser(users, 'DOCTOR', 'Sarah', 'Chen');
  clerk = await insertUser(users, 'STAFF', 'Omar', 'Haddad');
  const createdBy = clerk.id;
  patientId = await insertPatient(patients, {
    firstName: 'Alice',
    lastName: 'Moreau',
    allergies: 'Penicillin',
    createdBy,
  });
  appointmentId = await insertAppointment(appointments, {
    patientId,
    doctorId: doctor.id,
    createdBy,
    dateTime: '2031-03-03 09:00',
  });

  return () => platform[Symbol.asyncDispose]();
});

describe('without an access token', () => {
  const requests = rootFieldRequests();
  const open = ['login', 'refreshSession'];
  const login = 'login(input: { email: "nobody@clinic.example", password: "any" }) { userErrors { code } }';

  it.each(requests.filter(([field]) => !open.includes(field)))(
    '%s answers UNAUTHENTICATED, and nothing else',
    async (_, request) => {
      const { data, errors } = await platform.query(request);
      expect(errors).toHaveLength(1);
      expect(errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' });
      expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([]);
    },
  );

  it.each(requests.filter(([field]) => open.includes(field)))('%s answers', async (_, request) => {
    const { data, errors } = await platform.query(request);
    expect(errors).toBeUndefined();
    expect(Object.values(data ?? {})).toHaveLength(1);
  });

  it.each([
    ['whatever is asked of them', '{ me { nothing } }'],
    ['however many there are', '{ a: me { id } b: patients { totalCount } __typename }'],
    ['beside a login', `mutation { ${login} logOut: revokeAllSessions { userErrors { code } } }`],
  ])('records answer UNAUTHENTICATED once, %s, and no service is asked', async (_, request) => {
    const before = await platform.dataStatements();
    const { status, data, errors } = await platform.query(request);
    expect({ status, data, codes: errors?.map(({ extensions }) => extensions) }).toEqual({
      status: 200,
      data: null,
      codes: [{ code: 'UNAUTHENTICATED' }],
    });
    expect(await platform.dataStatements()).toEqual(before);
  });

  it('what does not exist is told as to everybody', async () => {
    const { errors } = await platform.query('{ nothing }');
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });

  it('tells what the API offers', async () => {
    const { data, errors } = await platform.query('{ __schema { queryType { name } } __typename }');
    expect(errors).toBeUndefined();
    expect(data).toEqual({ __schema: { queryType: { name: 'Query' } }, __typename: 'Query' });
  });
});

describe('an access token', () => {
  const me = '{ me { id } }';
  const { privateKey: anotherKey } = generateKeyPairSync('ed25519');
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('says who sends the request', async () => {
    const { data } = await platform.query(me, { token: await platform.token(doctor) });
    expect(data).toEqual({ me: { id: String(doctor.id) } });
  });

  it.each<[string, () => Promise<string> | string]>([
    ['that has expired', () => signAccessToken(platform.tokenKey.privateKey, doctor, { expiresIn: -60 })],
    ['signed with another key', () => signAccessToken(anotherKey, doctor)],
    ['for somebody else', () => signAccessToken(platform.tokenKey.privateKey, doctor, { audience: 'other' })],
    ['from somebody else', () => signAccessToken(platform.tokenKey.privateKey, doctor, { issuer: 'other' })],
    ['of another type', () => signAccessToken(platform.tokenKey.privateKey, doctor, { type: 'JWT' })],
    [
      'that is not signed',
      () =>
        `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode({
          iss: 'caregraph',
          aud: 'caregraph',
          sub: String(administrator.id),
          role: 'ADMIN',
          sid: 'x',
          exp: 4_000_000_000,
        })}.`,
    ],
    [
      'whose claims were changed',
      async () => {
        const [header = '', claims = '', signature = ''] = (await platform.token(doctor)).split('.');
        const content = JSON.parse(Buffer.from(claims, 'base64url').toString()) as object;
        return [header, encode({ ...content, role: 'ADMIN' }), signature].join('.');
      },
    ],
    ['that is no token at all', () => 'nonsense'],
  ])('%s counts as none', async (_, makeToken) => {
    const { errors } = await platform.query(me, { token: await makeToken() });
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['UNAUTHENTICATED']);
  });

  it('that is stale does not stand in the way of a login', async () => {
    const input = { email: 'stale@clinic.example', password: 'a password of mine' };
    await platform.send(
      CreateUserDocument,
      { input: { ...input, firstName: 'Stale', lastName: 'Token', role: 'NURSE' } },
      { token: await platform.token(administrator) },
    );
    const token = await signAccessToken(platform.tokenKey.privateKey, doctor, { expiresIn: -60 });
    const { data, errors } = await platform.send(LogInDocument, { input }, { token });
    expect(errors).toBeUndefined();
    expect(data?.login.session?.user).toMatchObject({ fullName: 'Stale Token', role: 'NURSE' });
  });
});

describe('a subgraph that is asked directly', () => {
  const body = JSON.stringify({ query: '{ _service { sdl } }' });
  const context: CallContext = {
    viewer: { kind: 'service', name: 'gateway' },
    client: noClient,
    requestId: 'direct',
  };
  const anHourAgo = Date.now() - 3_600_000;
  const sign = (audience: string, signed = body, now?: number, secret = platform.contextSecret): string =>
    signContext(secret, context, { issuer: 'gateway', audience, target: 'POST /graphql', body: signed }, now);

  async function ask(service: 'users' | 'patients' | 'appointments', header?: string) {
    const response = await fetch(`${platform.urls[service]}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await platform.token(administrator)}`,
        ...(header !== undefined && { 'x-caregraph-context': header }),
      },
      body,
    });
    return { status: response.status, body: (await response.json()) as { errors?: unknown; data?: unknown } };
  }

  describe.each(['users', 'patients', 'appointments'] as const)('%s', (service) => {
    it.each<[string, () => string | undefined]>([
      ['no context', () => undefined],
      ['a context for another service', () => sign(service === 'users' ? 'patients' : 'users')],
      ['a context for another body', () => sign(service, '{"query":"{ me { id } }"}')],
      ['a context that has expired', () => sign(service, body, anHourAgo)],
      ['a context signed with another secret', () => sign(service, body, undefined, 'x'.repeat(40))],
      ['a context that is not one', () => 'nonsense'],
    ])('refuses a request with %s', async (_, header) => {
      const answer = await ask(service, header());
      expect(answer.status).toBe(401);
      expect(answer.body).toEqual({
        errors: [
          { message: 'This service answers the gateway only.', extensions: { code: 'UNAUTHENTICATED' } },
        ],
      });
    });

    it('answers a request whose context is right', async () => {
      const answer = await ask(service, sign(service));
      expect(answer.status).toBe(200);
      expect(answer.body.data).toMatchObject({ _service: {} });
    });
  });
});

describe('roles', () => {
  it.each([
    ['STAFF', () => clerk],
    ['ADMIN', () => administrator],
  ])('keep clinical content from %s, field by field, and leave the rest of the page', async (_, viewer) => {
    const { data, errors } = await platform.send(
      DoctorsDayDocument,
      { doctorId: String(doctor.id), from: '2031-03-03T00:00:00Z', to: '2031-03-04T00:00:00Z' },
      { token: await platform.token(viewer()) },
    );
    expect(data?.appointments?.edges.map(({ node }) => node.patient)).toMatchObject([
      { fullName: 'Alice Moreau', allergies: null },
    ]);
    expect(errors).toEqual([
      {
        message: 'Your role may not see Patient.allergies.',
        path: ['appointments', 'edges', 0, 'node', 'patient', 'allergies'],
        extensions: { code: 'FORBIDDEN' },
      },
    ]);
  });

  it('keep clinical content from a page of a patient, one error a field', async () => {
    const { data, errors } = await platform.send(
      PatientPageDocument,
      { id: String(patientId), clinical: true },
      { token: await platform.token(clerk) },
    );
    expect(data?.patient).toMatchObject({ fullName: 'Alice Moreau', allergies: null, medications: null });
    expect(errors?.map(({ path }) => path?.join('.')).sort()).toEqual([
      'patient.allergies',
      'patient.appointments.edges.0.node.notes',
      'patient.medicalHistory',
      'patient.medications',
    ]);
    expect(new Set(errors?.map(({ extensions }) => extensions?.['code']))).toEqual(new Set(['FORBIDDEN']));
  });

  it('keep account data of others from everybody but administrators', async () => {
    const query = `{ user(id: "${doctor.id}") { fullName email version } }`;
    const others = await platform.query(query, { token: await platform.token(clerk) });
    expect(others.data).toEqual({ user: { fullName: 'Sarah Chen', email: null, version: null } });
    expect(others.errors).toHaveLength(2);
    const own = await platform.query(query, { token: await platform.token(doctor) });
    expect(own.errors).toBeUndefined();
  });

  it('answer a mutation that a role may not run with a user error', async () => {
    const token = await platform.token(clerk);
    const forbidden = [{ code: 'FORBIDDEN', message: 'Your role may not do this.', field: null }];
    const created = await platform.send(
      CreateUserDocument,
      {
        input: { email: 'x@clinic.example', password: 'x', firstName: 'X', lastName: 'Y', role: 'ADMIN' },
      },
      { token },
    );
    expect(created.data?.createUser).toEqual({ user: null, userErrors: forbidden });
    const completed = await platform.send(
      CompleteAppointmentDocument,
      { input: { id: String(appointmentId) } },
      { token },
    );
    expect(completed.data?.completeAppointment).toEqual({ appointment: null, userErrors: forbidden });
  });

  it('answer an input field that a role may not fill in with a user error that names it', async () => {
    const { data } = await platform.send(
      RegisterPatientDocument,
      {
        input: {
          firstName: 'A',
          lastName: 'B',
          dateOfBirth: '1980-01-01',
          gender: 'OTHER',
          phone: '5550123',
          email: 'ab@clinic.example',
          allergies: 'Latex',
        },
      },
      { token: await platform.token(clerk) },
    );
    expect(data?.createPatient).toEqual({
      patient: null,
      userErrors: [{ code: 'FORBIDDEN', message: 'Your role may not fill this in.', field: ['allergies'] }],
    });
  });

  it("let a doctor set the own schedule, and nobody else's", async () => {
    const { data } = await platform.send(
      SetDoctorScheduleDocument,
      { input: { doctorId: String(doctor.id + 1_000), days: [] } },
      { token: await platform.token(doctor) },
    );
    expect(data?.setDoctorSchedule.userErrors.map(({ code }) => code)).toEqual(['FORBIDDEN']);
  });
});

describe('a value that its type refuses', () => {
  it('is the client’s mistake, in the document as in a variable', async () => {
    const token = await platform.token(administrator);
    const request = '{ patients(filter: { bornFrom: "2026-02-30" }) { totalCount } }';
    const { errors } = await platform.query(request, { token });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors?.[0]?.message).toContain('A Date is a day of the calendar');
  });
});
