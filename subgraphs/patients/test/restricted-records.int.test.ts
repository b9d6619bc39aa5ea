import { createServiceClient, roles, type Role, type Viewer } from '@caregraph/service-kit';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedDatabase } from '../../../test/cluster.js';
import { runStatement } from '../../../test/held-lock.js';
import { contextSecret, serviceViewer, userViewer } from '../../../test/subgraph-client.js';
import {
  CountPatientsDocument,
  DeactivatePatientDocument,
  GetCareTeamDocument,
  GetPatientDocument,
  ListPatientsDocument,
  ReactivatePatientDocument,
  RestrictPatientDocument,
  UpdatePatientDocument,
  type PatientFilter,
} from './generated/operations.js';
import { createPatient, startPatients, type PatientsService } from './patients-service.js';

const administrator = userViewer('ADMIN');
const database = new Client({ connectionString: sharedDatabase('patients').databaseUrl });
let service: PatientsService;

beforeAll(async () => {
  await database.connect();
  service = await startPatients();
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await database.end();
});

/** A record that is restricted to `team`, created by a user of its own so that lists of it can be told apart. */
async function createRestricted(team: readonly { readonly id: number }[], lastName = 'Restricted') {
  const creator = userViewer('STAFF');
  const { id } = await createPatient(service, { lastName }, creator);
  const { data, errors } = await service.ask(administrator, RestrictPatientDocument, {
    input: { id, careTeam: team.map((member) => String(member.id)), reason: 'Staff member' },
  });
  expect(errors).toBeUndefined();
  expect(data.change.userErrors).toEqual([]);
  return { id, creator, filter: { createdById: String(creator.id) } satisfies PatientFilter };
}

async function idsSeenBy(viewer: Viewer, filter: PatientFilter, search?: string): Promise<string[]> {
  const { data } = await service.ask(viewer, ListPatientsDocument, { filter, search: search ?? null });
  return (data.patients?.edges ?? []).map(({ node }) => node.id);
}

async function countSeenBy(viewer: Viewer, filter: PatientFilter): Promise<number | null | undefined> {
  const { data } = await service.ask(viewer, CountPatientsDocument, { filter });
  return data.patients?.totalCount;
}

const notFound = { patient: null, userErrors: [{ code: 'NOT_FOUND', field: ['id'] }] };

describe.each(roles)('a restricted record, for a user who is %s', (role: Role) => {
  it('is there as any other, where the user is in the care team', async () => {
    const member = userViewer(role);
    const { id, filter } = await createRestricted([member, userViewer('NURSE')], 'Findable');
    const { data, errors } = await service.ask(member, GetPatientDocument, { id });
    expect(errors).toBeUndefined();
    expect(data.patient).toMatchObject({ id, lastName: 'Findable' });
    expect(await idsSeenBy(member, filter)).toEqual([id]);
    expect(await idsSeenBy(member, filter, 'findable')).toEqual([id]);
    expect(await countSeenBy(member, filter)).toBe(1);
    const input = { id, phone: '555-0123' };
    const updated = await service.ask(member, UpdatePatientDocument, { input });
    expect(updated.data.updatePatient.patient).toMatchObject({ phone: '555-0123' });
    const closed = await service.ask(member, DeactivatePatientDocument, { input: { id } });
    expect(closed.data.deactivatePatient.patient).toMatchObject({ isActive: false });
    const opened = await service.ask(member, ReactivatePatientDocument, { input: { id } });
    expect(opened.data.reactivatePatient.patient).toMatchObject({ isActive: true });
  });

  it('does not exist, where the user is not in the care team', async () => {
    const stranger = userViewer(role);
    const { id, filter } = await createRestricted([userViewer('DOCTOR')], 'Hidden');
    expect(await service.ask(stranger, GetPatientDocument, { id })).toEqual({ data: { patient: null } });
    expect(await idsSeenBy(stranger, filter)).toEqual([]);
    expect(await idsSeenBy(stranger, { ...filter, isActive: null }, 'hidden')).toEqual([]);
    expect(await countSeenBy(stranger, filter)).toBe(0);
    const input = { id, version: 1 };
    expect((await service.ask(stranger, UpdatePatientDocument, { input })).data.updatePatient).toMatchObject(
      notFound,
    );
    expect(
      (await service.ask(stranger, DeactivatePatientDocument, { input })).data.deactivatePatient,
    ).toEqual(notFound);
    expect(
      (await service.ask(stranger, ReactivatePatientDocument, { input })).data.reactivatePatient,
    ).toEqual(notFound);
    const { rows } = await database.query('SELECT version, is_active FROM patients WHERE id = $1', [id]);
    expect(rows).toEqual([{ version: 2, is_active: true }]);
  });
});

describe('a restricted record', () => {
  it('is not even for the user who created it', async () => {
    const { id, creator } = await createRestricted([userViewer('DOCTOR')]);
    expect((await service.ask(creator, GetPatientDocument, { id })).data.patient).toBeNull();
  });

  it('is resolved as a reference for the care team, and for the appointments service', async () => {
    const member = userViewer('NURSE');
    const { id } = await createRestricted([member]);
    const open = await createPatient(service);
    const references = [id, open.id].map((key) => ({ __typename: 'Patient', id: key }));
    const idsFor = async (viewer: Viewer, fields = 'id') =>
      (await service.resolveReferences(viewer, `... on Patient { ${fields} }`, references)).data._entities;
    expect(await idsFor(member)).toEqual([{ id }, { id: open.id }]);
    expect(await idsFor(userViewer('ADMIN'))).toEqual([null, { id: open.id }]);
    expect(await idsFor(serviceViewer('appointments'), 'id isActive')).toEqual([
      { id, isActive: true },
      { id: open.id, isActive: true },
    ]);
  });

  it('leaves no gap in the pages of a list, and no trace in its cursors', async () => {
    const member = userViewer('DOCTOR');
    const creator = userViewer('STAFF');
    const filter = { createdById: String(creator.id) };
    const ids: string[] = [];
    for (const lastName of ['Aa', 'Bb', 'Cc', 'Dd', 'Ee', 'Ff']) {
      ids.push((await createPatient(service, { lastName }, creator)).id);
    }
    for (const place of [1, 2, 5]) {
      await service.ask(administrator, RestrictPatientDocument, {
        input: { id: ids[place] ?? '', careTeam: [String(member.id)], reason: 'Public figure' },
      });
    }
    const walk = async (viewer: Viewer, after: string | null = null): Promise<string[][]> => {
      const { data } = await service.ask(viewer, ListPatientsDocument, { filter, first: 2, after });
      const page = (data.patients?.edges ?? []).map(({ node }) => node.id);
      const { hasNextPage = false, endCursor = null } = data.patients?.pageInfo ?? {};
      return hasNextPage ? [page, ...(await walk(viewer, endCursor))] : [page];
    };
    expect(await walk(creator)).toEqual([[ids[0], ids[3]], [ids[4]]]);
    expect(await walk(member)).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    expect([await countSeenBy(creator, filter), await countSeenBy(member, filter)]).toEqual([3, 6]);
  });

  it('stands in the document for the appointments service, with its care team, until it is lifted', async () => {
    const [nurse, doctor] = [userViewer('NURSE'), userViewer('DOCTOR')];
    const { id } = await createRestricted([nurse, doctor]);
    const open = await createPatient(service);
    await using reader = readDocument('appointments');
    const { restricted } = await reader.read();
    expect(restricted.find(({ patientId }) => patientId === Number(id))?.careTeam).toEqual(
      [nurse.id, doctor.id].sort((one, other) => one - other),
    );
    expect(restricted.some(({ patientId }) => patientId === Number(open.id))).toBe(false);
  });

  it('stands in no document for anybody else', async () => {
    for (const name of ['gateway', 'users', 'patients'] as const) {
      await using reader = readDocument(name);
      await expect(reader.read()).rejects.toThrow('invalid-response');
    }
  });
});

/** Reads what the patients service keeps for other processes, in the name of one of them. */
function readDocument(issuer: 'appointments' | 'gateway' | 'users' | 'patients') {
  const client = createServiceClient({
    ...{ service: 'patients', url: service.url, issuer, secret: contextSecret, timeout: 10_000 },
  });
  return {
    async read() {
      const answer = await client.read('/patients/restricted');
      if (answer === 'unchanged') throw new Error('Nothing was known before.');
      return answer.document as { restricted: { patientId: number; careTeam: number[] }[] };
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

describe('the care team', () => {
  it('is shown to whoever sees the record', async () => {
    const [member, other] = [userViewer('STAFF'), userViewer('DOCTOR')];
    const { id } = await createRestricted([member, other]);
    const { data, errors } = await service.ask(member, GetCareTeamDocument, { id });
    expect(errors).toBeUndefined();
    expect(data.patient).toEqual({
      id,
      isRestricted: true,
      careTeam: [member.id, other.id]
        .sort((one, next) => one - next)
        .map((userId) => ({ id: String(userId) })),
      version: 2,
    });
  });

  it('is empty for a record that nobody has restricted', async () => {
    const { id } = await createPatient(service);
    const { data } = await service.ask(userViewer('STAFF'), GetCareTeamDocument, { id });
    expect(data.patient).toEqual({ id, isRestricted: false, careTeam: [], version: 1 });
  });
});

it('the care team, and that a record is restricted, are in the trail as what the viewer was shown', async () => {
  const member = userViewer('NURSE');
  const { id } = await createRestricted([member]);
  await service.ask(member, GetCareTeamDocument, { id });
  const entries = await runStatement<{ patient_ids: number[]; fields: string[] }>(
    sharedDatabase('patients').databaseUrl,
    `SELECT patient_ids, fields FROM audit_entries WHERE session_id = $1 AND action = 'read'`,
    [member.sessionId],
  );
  expect(entries).toEqual([
    {
      patient_ids: [Number(id)],
      fields: expect.arrayContaining(['id', 'isRestricted', 'careTeam', 'version']) as string[],
    },
  ]);
});
