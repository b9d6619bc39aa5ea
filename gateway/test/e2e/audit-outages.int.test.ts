import { randomUUID } from 'node:crypto';
import { runtimeRole, type ServiceName } from '@caregraph/postgres';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { superuserUrl } from '../../../test/cluster.js';
import { CreateUserDocument, LogInDocument } from '../generated/operations.js';
import type { Answer } from './platform/graphql-client.js';
import {
  processNames,
  startPlatformProcesses,
  type PlatformProcesses,
} from './platform/platform-processes.js';
import { connectRows, insertAppointment, insertPatient, insertUser, type UserRow } from './platform/rows.js';
import { trailEntries } from './platform/trail.js';

/* What cannot be recorded is not given out: in each service, whatever keeps the entry from being written. */

const login = { email: `${randomUUID()}@clinic.example`, password: 'a password of a test' };
const allergies = `Latex ${randomUUID()}`;
const reason = `Rash ${randomUUID()}`;
let platform: PlatformProcesses;
let doctor: UserRow;
let patientId: number;
let appointmentId: number;

beforeAll(async () => {
  platform = await startPlatformProcesses();
  await using users = await connectRows(platform.databases.users.superuserUrl);
  await using patients = await connectRows(platform.databases.patients.superuserUrl);
  await using appointments = await connectRows(platform.databases.appointments.superuserUrl);
  const administrator = await insertUser(users, 'ADMIN', 'Root', 'Ng');
  doctor = await insertUser(users, 'DOCTOR', 'Sarah', 'Chen');
  const createdBy = administrator.id;
  patientId = await insertPatient(patients, { firstName: 'Alice', lastName: 'Moreau', allergies, createdBy });
  appointmentId = await insertAppointment(appointments, {
    ...{ patientId, doctorId: doctor.id, createdBy, reason },
    dateTime: '2031-03-03 09:00',
  });
  const input = { ...login, firstName: 'Amy', lastName: 'Ng', role: 'NURSE' } as const;
  await platform.send(CreateUserDocument, { input }, { token: await platform.token(administrator) });
  return () => platform[Symbol.asyncDispose]();
});

/** A request for something that has to be recorded, and a sign of it in an answer. */
const requests: Readonly<Record<ServiceName, { send: () => Promise<Answer<unknown>>; given: () => string }>> =
  {
    users: { send: () => platform.send(LogInDocument, { input: login }), given: () => 'accessToken' },
    patients: {
      send: async () =>
        platform.query(`{ patient(id: "${patientId}") { allergies } }`, {
          token: await platform.token(doctor),
        }),
      given: () => allergies,
    },
    appointments: {
      send: async () =>
        platform.query(`{ appointment(id: "${appointmentId}") { reason } }`, {
          token: await platform.token(doctor),
        }),
      given: () => reason,
    },
  };
const cases = Object.entries(requests) as [ServiceName, (typeof requests)[ServiceName]][];

describe.each(cases)('the %s service', (service, { send, given }) => {
  async function expectWithheld(): Promise<void> {
    const { data, errors } = await send();
    expect(errors?.length).toBeGreaterThan(0);
    expect(JSON.stringify({ data, errors })).not.toContain(given());
    expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([]);
    for (const name of processNames) expect(platform.process(name).output()).not.toContain(allergies);
  }

  async function expectGivenOut(): Promise<void> {
    const { data, errors } = await send();
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).toContain(given());
  }

  it('gives nothing out while it may not add entries, and everything again once it may', async () => {
    await expectGivenOut();
    const { superuserUrl: url } = platform.databases[service];
    await using rows = await connectRows(url);
    const role = runtimeRole(service);
    await rows.run(`ALTER TABLE audit_entries RENAME TO withheld_entries`);
    await expectWithheld();
    await rows.run(`ALTER TABLE withheld_entries RENAME TO audit_entries`);
    await expectGivenOut();
    await rows.run(`ALTER TABLE audit_entries ADD CONSTRAINT none CHECK (source <> 'service') NOT VALID`);
    await expectWithheld();
    await rows.run(`ALTER TABLE audit_entries DROP CONSTRAINT none`);
    await rows.run(`REVOKE INSERT ON audit_entries FROM ${role}`);
    await expectWithheld();
    await rows.run(`GRANT INSERT ON audit_entries TO ${role}`);
    await expectGivenOut();
  });

  it('gives nothing out while its database is down, and everything again once it is back', async () => {
    const { name } = platform.databases[service];
    await using postgres = await connectRows(superuserUrl());
    await postgres.run(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await postgres.run(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1`, [
      name,
    ]);
    await expectWithheld();
    await postgres.run(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await expectGivenOut();
  });
});

it('what was read for a client that has gone away is recorded all the same', async () => {
  await using rows = await connectRows(platform.databases.patients.superuserUrl);
  await rows.run('BEGIN');
  await rows.run('LOCK TABLE patients IN ACCESS EXCLUSIVE MODE');
  const gone = new AbortController();
  const agent = `Client ${randomUUID()}`;
  const request = fetch(`${platform.urls.gateway}/graphql`, {
    method: 'POST',
    signal: gone.signal,
    headers: {
      'content-type': 'application/json',
      'user-agent': agent,
      authorization: `Bearer ${await platform.token(doctor)}`,
    },
    body: JSON.stringify({ query: `{ patient(id: "${patientId}") { allergies } }` }),
  });
  const ended = expect(request).rejects.toThrow();
  await vi.waitFor(async () => {
    const waiting = await rows.number(
      `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    expect(waiting).toBe(1);
  });
  gone.abort();
  await ended;
  await rows.run('COMMIT');
  await vi.waitFor(async () => {
    const entries = await trailEntries(platform.databases.patients);
    expect(entries.filter(({ user_agent }) => user_agent === agent)).toMatchObject([
      { action: 'read', outcome: 'success', fields: ['allergies'], patient_ids: [patientId] },
    ]);
  });
});
