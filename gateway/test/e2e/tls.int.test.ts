import { request } from 'node:http';
import { once } from 'node:events';
import { beforeAll, expect, it } from 'vitest';
import {
  createCertificateAuthority,
  createCertificateFolder,
  type CertificateAuthority,
  type CertificateFolder,
} from '../../../test/certificates.js';
import { CreateUserDocument, LogInDocument, MeDocument } from '../generated/operations.js';
import { createHttpsFetch } from './platform/https-fetch.js';
import { startPlatformProcesses, type PlatformProcesses } from './platform/platform-processes.js';
import { connectRows, insertAppointment, insertPatient, insertUser, type UserRow } from './platform/rows.js';

let authority: CertificateAuthority;
let folder: CertificateFolder;
let platform: PlatformProcesses;
let doctor: UserRow;
let patientId: number;

beforeAll(async () => {
  authority = await createCertificateAuthority();
  folder = await createCertificateFolder();
  const authorityFile = await folder.write('ca.crt', authority.certificate);
  platform = await startPlatformProcesses(
    {
      ...(await certificateOf(authority, 'platform')),
      TLS_CA_FILE: authorityFile,
      TLS_CLIENT_CA_FILE: authorityFile,
    },
    createHttpsFetch(authority.certificate),
  );
  await using users = await connectRows(platform.databases.users.superuserUrl);
  await using patients = await connectRows(platform.databases.patients.superuserUrl);
  await using appointments = await connectRows(platform.databases.appointments.superuserUrl);
  doctor = await insertUser(users, 'DOCTOR', 'Sarah', 'Chen');
  const createdBy = doctor.id;
  patientId = await insertPatient(patients, { firstName: 'Alice', lastName: 'Moreau', createdBy });
  await insertAppointment(appointments, {
    patientId,
    doctorId: doctor.id,
    createdBy,
    dateTime: '2031-03-03 09:00',
  });
  return async () => {
    await platform[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  };
});

/** The settings with a certificate of `issuer` for this machine. */
async function certificateOf(issuer: CertificateAuthority, name: string) {
  const { certificate, key } = await issuer.issue('localhost');
  return {
    TLS_CERT_FILE: await folder.write(`${name}.crt`, certificate),
    TLS_KEY_FILE: await folder.write(`${name}.key`, key),
  };
}

async function page() {
  return platform.query(
    `query Page($id: ID!) { patient(id: $id) { fullName createdBy { fullName } appointments { totalCount } } me { fullName } }`,
    { variables: { id: String(patientId) }, token: await platform.token(doctor) },
  );
}

const me = { fullName: 'Sarah Chen' };
const whole = {
  patient: { fullName: 'Alice Moreau', createdBy: me, appointments: { totalCount: 1 } },
  me,
};

it('answers across all services where each shows a certificate to the others', async () => {
  expect(await page()).toMatchObject({ status: 200, data: whole });
});

it('carries a login and what it is for over TLS', async () => {
  await using users = await connectRows(platform.databases.users.superuserUrl);
  const administrator = await insertUser(users, 'ADMIN', 'Ada', 'Lindqvist');
  const account = { email: 'tls@clinic.example', password: 'carried over an encrypted line' };
  const input = { ...account, firstName: 'Tove', lastName: 'Lund', role: 'NURSE' } as const;
  await platform.send(CreateUserDocument, { input }, { token: await platform.token(administrator) });
  const { data } = await platform.send(LogInDocument, { input: account });
  const me = await platform.send(MeDocument, {}, { token: data?.login.session?.accessToken });
  expect(me.data?.me).toMatchObject({ fullName: 'Tove Lund' });
});

it.each(['gateway', 'users', 'patients', 'appointments'] as const)(
  'the %s process does not speak plain HTTP',
  async (name) => {
    const url = platform.urls[name].replace('https:', 'http:');
    await expect(once(request(url).end(), 'response')).rejects.toThrow();
  },
);

it('the services answer nobody without a certificate, but health probes; the gateway does', async () => {
  const fetch = createHttpsFetch(authority.certificate);
  expect((await fetch(`${platform.urls.patients}/graphql`)).status).toBe(401);
  expect(await (await fetch(`${platform.urls.patients}/graphql`)).json()).toMatchObject({
    errors: [{ message: 'Callers have to show a certificate.' }],
  });
  expect((await fetch(`${platform.urls.patients}/health/ready`)).status).toBe(200);
  expect((await fetch(`${platform.urls.gateway}/health/ready`)).status).toBe(200);
});

it('misses what a service with a strange certificate would answer, and logs why', async () => {
  const stranger = await certificateOf(await createCertificateAuthority(), 'stranger');
  platform.process('patients').signal('SIGTERM');
  await platform.restart('patients', stranger);
  const answer = await page();
  expect(answer.data).toEqual({ patient: null, me });
  expect(answer.errors).toMatchObject([
    { path: ['patient'], extensions: { code: 'DOWNSTREAM_SERVICE_ERROR' } },
  ]);
  const { err } = await platform
    .process('gateway')
    .line(({ msg, subgraph }) => msg === 'a subgraph did not answer' && subgraph === 'patients');
  expect((err as { message: string }).message).toMatch(/certificate/);
  platform.process('patients').signal('SIGTERM');
  await platform.restart('patients');
  expect(await page()).toMatchObject({ data: whole });
});
