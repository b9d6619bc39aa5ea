import { serviceNames } from '@caregraph/postgres';
import { roles } from '@caregraph/service-kit';
import { beforeAll, describe, expect, it } from 'vitest';
import { superuserUrl } from '../../../test/cluster.js';
import {
  AppointmentPageDocument,
  BookAppointmentDocument,
  DoctorsDayDocument,
  FindPatientsDocument,
  PatientPageDocument,
  PatientsAuditLogDocument,
  RegisterPatientDocument,
  UpdatePatientDocument,
} from '../generated/operations.js';
import { startClinic, type Clinic } from './platform/clinic.js';
import type { Answer } from './platform/graphql-client.js';
import { processNames } from './platform/platform-processes.js';
import { connectRows } from './platform/rows.js';
import { trailEntries } from './platform/trail.js';

/*
 * Nothing about a patient is where it does not belong. Each text about the patients of this test has one of two marks,
 * which nothing else has; after all kinds of requests and failures they are looked for.
 */
const mark = 'Zqxv';
const clinicalMark = `${mark}clin`;
const record = {
  firstName: `${mark}given`,
  lastName: `${mark}family`,
  dateOfBirth: '1911-03-07',
  gender: 'FEMALE',
  phone: '+1 555 907 3141',
  email: `${mark.toLowerCase()}@example.org`,
  address: { line: `${mark}street 1`, city: `${mark}city`, state: mark, zipCode: `${mark}zip` },
  insurance: { provider: `${mark}insurer`, policyNumber: `${mark}policy` },
  emergencyContact: { name: `${mark}contact`, phone: '+1 555 907 3142', relationship: `${mark}sister` },
  medicalHistory: `${clinicalMark} history`,
  allergies: `${clinicalMark} allergy`,
  medications: `${clinicalMark} medication`,
} as const;
const traces = [mark.toLowerCase(), '1911-03-07', '907 3141', '907 3142'];
const day = { from: '2031-03-03T00:00:00Z', to: '2031-03-10T00:00:00Z' };

let clinic: Clinic;
let patientId: string;
let appointmentId: string;

beforeAll(async () => {
  clinic = await startClinic();
  const { platform, accounts, doctorId } = clinic;
  const nurse = accounts.NURSE;
  const created = await platform.send(RegisterPatientDocument, { input: record }, nurse);
  patientId = created.data?.createPatient.patient?.id ?? '';
  const booked = await platform.send(BookAppointmentDocument, { input: booking(doctorId) }, nurse);
  appointmentId = booked.data?.bookAppointment.appointment?.id ?? '';
  expect([patientId, appointmentId], JSON.stringify([created, booked])).not.toContain('');
  return () => clinic[Symbol.asyncDispose]();
});

function booking(doctorId: number) {
  return {
    patientId,
    doctorId: String(doctorId),
    dateTime: '2031-03-05T13:00:00Z',
    duration: 30,
    type: 'CONSULTATION',
    reason: `${mark}reason`,
    notes: `${clinicalMark} notes`,
  } as const;
}

function tracesIn(content: unknown, marks: readonly string[] = traces): string[] {
  const text = (typeof content === 'string' ? content : JSON.stringify(content)).toLowerCase();
  return marks.filter((trace) => text.includes(trace.toLowerCase()));
}

/** Everything that somebody can read of the patient, and of the trail. */
async function readEverything(account: { readonly token?: string }): Promise<Answer<unknown>[]> {
  const { platform, doctorId } = clinic;
  return [
    await platform.send(PatientPageDocument, { id: patientId, clinical: true }, account),
    await platform.send(FindPatientsDocument, { search: record.lastName }, account),
    await platform.send(
      FindPatientsDocument,
      { filter: { email: record.email, phone: record.phone, bornFrom: record.dateOfBirth } },
      account,
    ),
    await platform.send(DoctorsDayDocument, { doctorId: String(doctorId), ...day }, account),
    await platform.send(AppointmentPageDocument, { id: appointmentId, clinical: true }, account),
    await platform.send(PatientsAuditLogDocument, { first: 100 }, account),
    await platform.query(`{ patient(id: "${record.lastName}") { id } }`, account),
  ];
}

/** Changes that are refused for all kinds of reasons. */
async function tryChanges(account: { readonly token?: string }): Promise<void> {
  const { platform, doctorId } = clinic;
  const id = patientId;
  for (const input of [
    { ...record, phone: `${mark}phone`, email: `${mark}mail`, lastName: mark.repeat(100) },
    { ...record, dateOfBirth: `${mark}birth` },
    { ...record, firstName: `${mark}\0` },
  ]) {
    await platform.send(RegisterPatientDocument, { input }, account);
  }
  await platform.send(UpdatePatientDocument, { input: { id, version: 99, lastName: `${mark}new` } }, account);
  await platform.send(BookAppointmentDocument, { input: booking(doctorId) }, account);
  const idempotencyKey = `${mark}key`;
  for (const reason of [`${mark}once`, `${mark}twice`]) {
    const input = { ...booking(doctorId), idempotencyKey, reason, dateTime: '2031-03-06T13:00:00Z' };
    await platform.send(BookAppointmentDocument, { input }, account);
  }
  await platform.query(`{ patients(search: "${record.lastName}" }`, account);
  await platform.query(`{ patients(search: "${record.lastName}") { ${mark} } }`, account);
}

/** No process has written a trace of the patient into its log. */
function expectCleanLogs(): void {
  for (const name of processNames) {
    const lines = clinic.platform.process(name).output().split('\n');
    expect(lines.filter((line) => tracesIn(line).length > 0)).toEqual([]);
  }
}

describe('what is known of a patient', () => {
  it('is given to nobody without an access token', async () => {
    for (const answer of await readEverything({})) expect(tracesIn(answer.data ?? null)).toEqual([]);
  });

  it.each(['ADMIN', 'STAFF'] as const)('has nothing clinical in it for %s', async (role) => {
    const answers = await readEverything(clinic.accounts[role]);
    expect(tracesIn(answers.map(({ data }) => data))).not.toEqual([]);
    expect(tracesIn(answers, [clinicalMark])).toEqual([]);
  });

  it.each(roles)('is in no error that %s is answered', async (role) => {
    const answers = await readEverything(clinic.accounts[role]);
    expect(tracesIn(answers.map(({ errors }) => errors ?? null))).toEqual([]);
  });

  it.each(roles)('is in no log when a change by %s is refused', async (role) => {
    await tryChanges(clinic.accounts[role]);
    expectCleanLogs();
  });
});

describe('a failure', () => {
  it.each([
    [
      'patients',
      'ALTER TABLE patients RENAME COLUMN phone TO hidden',
      'ALTER TABLE patients RENAME COLUMN hidden TO phone',
    ],
    [
      'patients',
      'ALTER TABLE patients ADD CONSTRAINT nothing CHECK (false) NOT VALID',
      'ALTER TABLE patients DROP CONSTRAINT nothing',
    ],
    [
      'appointments',
      'ALTER TABLE appointments ADD CONSTRAINT nothing CHECK (false) NOT VALID',
      'ALTER TABLE appointments DROP CONSTRAINT nothing',
    ],
    [
      'appointments',
      'ALTER TABLE appointments RENAME TO hidden',
      'ALTER TABLE hidden RENAME TO appointments',
    ],
    [
      'patients',
      'ALTER TABLE audit_entries ADD CONSTRAINT nothing CHECK (false) NOT VALID',
      'ALTER TABLE audit_entries DROP CONSTRAINT nothing',
    ],
  ] as const)('of the %s database after %s tells nothing', async (service, breakIt, mendIt) => {
    const { platform, accounts, doctorId } = clinic;
    await using rows = await connectRows(platform.databases[service].superuserUrl);
    await rows.run(breakIt);
    const id = patientId;
    const dateTime = '2031-03-07T14:00:00Z';
    const failed = [
      await platform.send(RegisterPatientDocument, { input: record }, accounts.NURSE),
      await platform.send(UpdatePatientDocument, { input: { id, address: record.address } }, accounts.NURSE),
      await platform.send(
        BookAppointmentDocument,
        { input: { ...booking(doctorId), dateTime } },
        accounts.NURSE,
      ),
      ...(await readEverything(accounts.DOCTOR)),
    ];
    await rows.run(mendIt);
    const errors = failed.flatMap((answer) => answer.errors ?? []);
    expect(errors.length).toBeGreaterThan(0);
    expect(tracesIn(errors)).toEqual([]);
    expectCleanLogs();
  });

  it('of a database that is down tells nothing', async () => {
    const { platform, accounts } = clinic;
    await using postgres = await connectRows(superuserUrl());
    const { name } = platform.databases.patients;
    await postgres.run(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await postgres.run(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1`, [
      name,
    ]);
    const answers = await readEverything(accounts.DOCTOR);
    await tryChanges(accounts.DOCTOR);
    await postgres.run(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    expect(tracesIn(answers.map(({ errors }) => errors ?? null))).toEqual([]);
    expectCleanLogs();
  });
});

it.each(serviceNames)('no entry of the %s trail holds what stands in a record', async (service) => {
  for (const role of roles) {
    await readEverything(clinic.accounts[role]);
    await tryChanges(clinic.accounts[role]);
  }
  const entries = await trailEntries(clinic.platform.databases[service]);
  expect(entries.length).toBeGreaterThan(0);
  expect(entries.filter((entry) => tracesIn(entry).length > 0)).toEqual([]);
});
