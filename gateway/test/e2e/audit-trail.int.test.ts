import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policyDigest } from '@caregraph/access-policy';
import { serviceNames } from '@caregraph/postgres';
import { beforeAll, describe, expect, it } from 'vitest';
import { keySettings } from '../../../test/cluster.js';
import {
  DoctorsDayDocument,
  FindPatientsDocument,
  PatientAccessLogDocument,
  PatientsAuditLogDocument,
  RestrictPatientDocument,
  UpdatePatientDocument,
} from '../generated/operations.js';
import type { Answer } from './platform/graphql-client.js';
import { startNodeProcess } from './platform/node-process.js';
import { startPlatformProcesses, type PlatformProcesses } from './platform/platform-processes.js';
import { connectRows, insertAppointment, insertPatient, insertUser, type UserRow } from './platform/rows.js';
import { trailEntries } from './platform/trail.js';

const headers = { 'user-agent': 'Ward tablet 7' };
const day = { from: '2031-03-03T00:00:00Z', to: '2031-03-04T00:00:00Z' };
let platform: PlatformProcesses;
let checkpoints: string;
let administrator: UserRow;
let doctor: UserRow;
let clerk: UserRow;
let patientIds: number[];
let appointmentIds: number[];

beforeAll(async () => {
  checkpoints = await mkdtemp(join(tmpdir(), 'caregraph-checkpoints-'));
  platform = await startPlatformProcesses({
    AUDIT_CHECKPOINTS_DIRECTORY: checkpoints,
    AUDIT_SEAL_INTERVAL_MS: '50',
  });
  await using users = await connectRows(platform.databases.users.superuserUrl);
  await using patients = await connectRows(platform.databases.patients.superuserUrl);
  await using appointments = await connectRows(platform.databases.appointments.superuserUrl);
  administrator = await insertUser(users, 'ADMIN', 'Root', 'Ng');
  doctor = await insertUser(users, 'DOCTOR', 'Sarah', 'Chen');
  clerk = await insertUser(users, 'STAFF', 'Omar', 'Haddad');
  const createdBy = clerk.id;
  patientIds = [];
  appointmentIds = [];
  for (const [index, firstName] of ['Alice', 'Bob'].entries()) {
    const patientId = await insertPatient(patients, { firstName, lastName: 'Moreau', createdBy });
    patientIds.push(patientId);
    const dateTime = `2031-03-03 0${8 + index}:00`;
    appointmentIds.push(
      await insertAppointment(appointments, { patientId, doctorId: doctor.id, createdBy, dateTime }),
    );
  }
  return async () => {
    await platform[Symbol.asyncDispose]();
    await rm(checkpoints, { recursive: true });
  };
});

function requestIdOf(answer: Answer<unknown>): string {
  return answer.headers.get('x-request-id') ?? 'none';
}

describe("a doctor's day", () => {
  it('leaves one read in each trail, with the fields and the ids of the answer, joined by the request', async () => {
    const answer = await platform.send(
      DoctorsDayDocument,
      { doctorId: String(doctor.id), ...day },
      { token: await platform.token(doctor), headers },
    );
    expect(answer.errors).toBeUndefined();
    const requestId = requestIdOf(answer);
    const actor = {
      ...{ source: 'service', actor_kind: 'user', actor_user_id: doctor.id, actor_role: 'DOCTOR' },
      ...{ address: '127.0.0.1', user_agent: 'Ward tablet 7', request_id: requestId },
    };
    const read = { ...actor, action: 'read', outcome: 'success', record_count: 2, patient_ids: patientIds };
    expect(await trailEntries(platform.databases.patients, requestId)).toMatchObject([
      {
        ...read,
        record_type: 'Patient',
        record_ids: patientIds.map(String),
        fields: ['age', 'allergies', 'fullName', 'gender'],
      },
    ]);
    expect(await trailEntries(platform.databases.appointments, requestId)).toMatchObject([
      {
        ...actor,
        ...{ action: 'search', outcome: 'success', record_type: 'Appointment', record_count: 2 },
        fields: ['filter.doctorId', 'filter.from', 'filter.to', 'filter.isActive'],
      },
      {
        ...read,
        record_type: 'Appointment',
        record_ids: appointmentIds.map(String),
        fields: [
          ...['createdBy', 'dateTime', 'doctor', 'duration', 'endsAt', 'id', 'patient', 'reason', 'status'],
          ...['type', 'version'],
        ],
      },
    ]);
  });
});

describe('what is not given out', () => {
  it('is noted as denied, field by field', async () => {
    const answer = await platform.query(`{ patient(id: "${patientIds[0]}") { id allergies medications } }`, {
      token: await platform.token(clerk),
    });
    expect(await trailEntries(platform.databases.patients, requestIdOf(answer))).toMatchObject([
      { outcome: 'success', fields: ['id'], actor_role: 'STAFF' },
      {
        outcome: 'denied',
        code: 'FORBIDDEN',
        fields: ['allergies', 'medications'],
        patient_ids: [patientIds[0]],
      },
    ]);
  });

  it('is noted for a mutation that a role may not run, and for one that names no record', async () => {
    const token = await platform.token(clerk);
    const denied = await platform.query(
      `mutation { completeAppointment(input: { id: "${appointmentIds[0]}" }) { userErrors { code } } }`,
      { token },
    );
    expect(await trailEntries(platform.databases.appointments, requestIdOf(denied))).toMatchObject([
      { action: 'execute', outcome: 'denied', code: 'FORBIDDEN', record_ids: [String(appointmentIds[0])] },
    ]);
    const missing = await platform.send(UpdatePatientDocument, { input: { id: '2147483647' } }, { token });
    expect(await trailEntries(platform.databases.patients, requestIdOf(missing))).toMatchObject([
      { action: 'execute', outcome: 'not-found', code: 'NOT_FOUND', patient_ids: [2_147_483_647] },
    ]);
  });
});

describe('a search', () => {
  it('is noted with the number of its results, and without a word of what was searched for', async () => {
    const answer = await platform.send(
      FindPatientsDocument,
      { search: 'moreau' },
      { token: await platform.token(clerk) },
    );
    const entries = await trailEntries(platform.databases.patients, requestIdOf(answer));
    expect(entries).toMatchObject([
      { action: 'search', operation: 'Query.patients', record_count: 2, fields: ['search'] },
      { action: 'read', patient_ids: expect.arrayContaining(patientIds) as number[] },
    ]);
    expect(JSON.stringify(entries).toLowerCase()).not.toContain('moreau');
  });
});

describe('a change', () => {
  it('is noted by its table with who made it, beside what the answer gave out', async () => {
    const input = { id: String(patientIds[1]), phone: '+1 555 0199' };
    const answer = await platform.send(
      UpdatePatientDocument,
      { input },
      { token: await platform.token(clerk), headers },
    );
    expect(answer.data?.updatePatient.userErrors).toEqual([]);
    const actor = { actor_user_id: clerk.id, actor_role: 'STAFF', user_agent: 'Ward tablet 7' };
    const [change, ...reads] = await trailEntries(platform.databases.patients, requestIdOf(answer));
    expect(change).toMatchObject({
      ...actor,
      ...{ source: 'trigger', action: 'update', record_type: 'patients', fields: ['phone'] },
      patient_ids: [patientIds[1]],
    });
    expect(reads).toMatchObject([{ ...actor, action: 'read', record_ids: [String(patientIds[1])] }]);
  });
});

describe('the access policy', () => {
  it.each(serviceNames)('is named in the trail of the %s service, once', async (service) => {
    platform.process(service).signal('SIGTERM');
    await platform.restart(service);
    const entries = await trailEntries(platform.databases[service]);
    expect(entries.filter(({ action }) => action === 'policy-change')).toMatchObject([
      { outcome: 'success', code: policyDigest, actor_kind: 'service', actor_name: service },
    ]);
  });
});

describe('who has looked at a patient', () => {
  it('is for administrators to see', async () => {
    const id = String(patientIds[0]);
    await platform.query(`{ patient(id: "${id}") { allergies } }`, {
      token: await platform.token(doctor),
      headers,
    });
    const { data, errors, ...answer } = await platform.send(
      PatientAccessLogDocument,
      { id },
      { token: await platform.token(administrator) },
    );
    expect(errors).toBeUndefined();
    expect(data?.patient?.accessLog?.edges[0]?.node).toMatchObject({
      ...{ action: 'READ', outcome: 'SUCCESS', recordType: 'Patient', fields: ['allergies'], code: null },
      actor: { kind: 'USER', role: 'DOCTOR', user: { id: String(doctor.id), fullName: 'Sarah Chen' } },
    });
    expect(
      await trailEntries(platform.databases.patients, requestIdOf({ ...answer, data: null })),
    ).toMatchObject([
      { action: 'search', record_type: 'AuditEntry', patient_ids: [patientIds[0]] },
      { action: 'read', record_type: 'Patient', fields: ['accessLog', 'id'] },
    ]);
  });

  it.each([
    ['a doctor', () => doctor],
    ['the front desk', () => clerk],
  ])('is not for %s', async (_, viewer) => {
    const { data, errors } = await platform.send(
      PatientAccessLogDocument,
      { id: String(patientIds[0]) },
      { token: await platform.token(viewer()) },
    );
    expect(data?.patient).toEqual({ id: String(patientIds[0]), accessLog: null });
    expect(errors).toMatchObject([{ path: ['patient', 'accessLog'], extensions: { code: 'FORBIDDEN' } }]);
  });

  it('is in the log of a restricted record for those only who see it, and in the trail for administrators', async () => {
    await using patients = await connectRows(platform.databases.patients.superuserUrl);
    const id = String(
      await insertPatient(patients, { firstName: 'Carla', lastName: 'Quint', createdBy: clerk.id }),
    );
    const token = await platform.token(administrator);
    const restriction = { id, careTeam: [String(doctor.id)], reason: 'Works at the clinic' };
    await platform.send(RestrictPatientDocument, { input: restriction }, { token });
    await platform.query(`{ patient(id: "${id}") { allergies } }`, { token: await platform.token(doctor) });

    expect(await platform.send(PatientAccessLogDocument, { id }, { token })).toMatchObject({
      data: { patient: null },
    });
    const { data, errors } = await platform.send(
      PatientsAuditLogDocument,
      { filter: { patientId: id, recordType: 'Patient' } },
      { token },
    );
    expect(errors).toBeUndefined();
    const entries = data?.patientsAuditLog?.edges.map(({ node }) => [
      ...[node.action, node.outcome, node.actor.user?.id ?? node.actor.name],
    ]);
    expect(entries).toEqual([
      ['READ', 'NOT_FOUND', String(administrator.id)],
      ['READ', 'SUCCESS', String(doctor.id)],
      ['UPDATE', 'SUCCESS', String(administrator.id)],
      ['CREATE', 'SUCCESS', 'postgres'],
    ]);
  });

  it('is found page by page, the newest first, each entry once', async () => {
    const token = await platform.token(administrator);
    const filter = { patientId: String(patientIds[0]), to: new Date().toISOString() };
    const readPage = async (after: string | null) => {
      const { data } = await platform.send(PatientsAuditLogDocument, { filter, first: 2, after }, { token });
      return data?.patientsAuditLog;
    };
    const seen: string[] = [];
    const times: string[] = [];
    let page = await readPage(null);
    while (page != null && page.edges.length > 0) {
      seen.push(...page.edges.map(({ node }) => node.id));
      times.push(...page.edges.map(({ node }) => node.recordedAt));
      expect(page.totalCount).toBeGreaterThanOrEqual(seen.length);
      page = page.pageInfo.hasNextPage ? await readPage(page.pageInfo.endCursor) : null;
    }
    expect(seen.length).toBeGreaterThan(4);
    expect(new Set(seen).size).toBe(seen.length);
    expect((await readPage(null))?.totalCount).toBe(seen.length);
    expect(times).toEqual(times.toSorted().reverse());
  });
});

it('every entry is vouched for, sealed and checkpointed', async () => {
  const urls = serviceNames.map((service) => [
    `${service.toUpperCase()}_DATABASE_URL`,
    platform.databases[service].databaseUrl,
  ]);
  const verification = startNodeProcess(
    new URL('../../../packages/audit-trail/dist/verify-main.js', import.meta.url),
    {
      ...(Object.fromEntries(urls) as Record<string, string>),
      ...keySettings(),
      AUDIT_CHECKPOINTS_DIRECTORY: checkpoints,
      AUDIT_SEAL_INTERVAL_MS: '50',
    },
  );
  expect(await verification.exit, verification.output()).toMatchObject({ code: 0 });
});
