import type { Role } from '@caregraph/service-kit';
import { randomInt } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedDatabase } from '../../../test/cluster.js';
import { serviceViewer, userViewer } from '../../../test/subgraph-client.js';
import {
  GetCareTeamDocument,
  LiftPatientRestrictionDocument,
  RestrictPatientDocument,
  SetCareTeamDocument,
  UpdatePatientDocument,
  type RestrictPatientInput,
  type RestrictPatientMutation,
} from './generated/operations.js';
import { createPatient, startPatients, type PatientsService } from './patients-service.js';

type Outcome = RestrictPatientMutation['change'];

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

/** Ids of users whom no other test has, all of them active unless the stand-in is told otherwise. */
function newUsers(count: number): string[] {
  return Array.from({ length: count }, () => String(randomInt(1, 1_000_000_000)));
}

async function restrict(
  input: Partial<RestrictPatientInput>,
  viewer = userViewer('ADMIN'),
): Promise<Outcome> {
  const { data, errors } = await service.ask(viewer, RestrictPatientDocument, {
    input: { id: '', careTeam: newUsers(1), reason: 'Staff member', ...input },
  });
  expect(errors).toBeUndefined();
  return data.change;
}

async function setTeam(id: string, members: readonly string[], viewer = administrator): Promise<Outcome> {
  const { data, errors } = await service.ask(viewer, SetCareTeamDocument, { input: { id, members } });
  expect(errors).toBeUndefined();
  return data.change;
}

async function lift(id: string, viewer = administrator): Promise<Outcome> {
  const { data, errors } = await service.ask(viewer, LiftPatientRestrictionDocument, { input: { id } });
  expect(errors).toBeUndefined();
  return data.change;
}

/** The members of a care team as they are kept. */
async function membersOf(id: string): Promise<number[]> {
  const { rows } = await database.query<{ user_id: number }>(
    'SELECT user_id FROM care_team_members WHERE patient_id = $1 ORDER BY user_id',
    [id],
  );
  return rows.map((row) => row.user_id);
}

function sorted(...ids: readonly (number | string)[]): number[] {
  return ids.map(Number).sort((one, other) => one - other);
}

const succeeded = { userErrors: [] };
const notFound = { patient: null, userErrors: [{ code: 'NOT_FOUND', field: ['id'] }] };

describe('restricting a record', () => {
  it('is for administrators, who do not see it any more, and need not to go on managing it', async () => {
    const { id } = await createPatient(service);
    const team = newUsers(2);
    expect(await restrict({ id, careTeam: team }, administrator)).toEqual({ patient: null, userErrors: [] });
    expect(await membersOf(id)).toEqual(sorted(...team));
    const another = newUsers(1);
    expect(await setTeam(id, another)).toEqual({ patient: null, userErrors: [] });
    expect(await membersOf(id)).toEqual(sorted(...another));
    expect((await lift(id)).patient).toMatchObject({ id, isRestricted: false });
  });

  it('answers the record to an administrator who is in the care team', async () => {
    const { id } = await createPatient(service);
    const careTeam = [String(administrator.id)];
    expect(await restrict({ id, careTeam }, administrator)).toEqual({
      patient: { id, isRestricted: true, careTeam: [{ id: careTeam[0] }], version: 2 },
      userErrors: [],
    });
  });

  it('by a doctor has that doctor in the care team, named or not', async () => {
    const doctor = userViewer('DOCTOR');
    const one = await createPatient(service);
    const [nurse = ''] = newUsers(1);
    expect((await restrict({ id: one.id, careTeam: [nurse] }, doctor)).patient).toMatchObject({ id: one.id });
    expect(await membersOf(one.id)).toEqual(sorted(nurse, doctor.id));
    const other = await createPatient(service);
    expect((await restrict({ id: other.id, careTeam: [] }, doctor)).userErrors).toEqual([]);
    const third = await createPatient(service);
    expect((await restrict({ id: third.id, careTeam: [String(doctor.id)] }, doctor)).userErrors).toEqual([]);
    expect([await membersOf(other.id), await membersOf(third.id)]).toEqual([[doctor.id], [doctor.id]]);
  });

  it.each<Role>(['NURSE', 'STAFF'])('is not for a user who is %s, in the care team or not', async (role) => {
    const member = userViewer(role);
    const { id } = await createPatient(service);
    const forbidden = { patient: null, userErrors: [{ code: 'FORBIDDEN', field: null }] };
    expect(await restrict({ id }, member)).toEqual(forbidden);
    await restrict({ id, careTeam: [String(member.id)] });
    expect(await setTeam(id, newUsers(1), member)).toEqual(forbidden);
    expect(await lift(id, member)).toEqual(forbidden);
    expect(await membersOf(id)).toEqual([member.id]);
  });

  it('keeps since when, by whom and why, also of what is replaced and lifted', async () => {
    const { id } = await createPatient(service);
    const doctor = userViewer('DOCTOR');
    await restrict({ id, reason: 'Works here' }, doctor);
    await restrict({ id, reason: 'Mayor' }, doctor);
    await lift(id);
    const { rows } = await database.query(
      `SELECT reason, restricted_by, lifted_by, lifted_at >= restricted_at AS lifted
       FROM patient_restrictions WHERE patient_id = $1 ORDER BY restricted_at`,
      [id],
    );
    expect(rows).toEqual([
      { reason: 'Works here', restricted_by: doctor.id, lifted_by: doctor.id, lifted: true },
      { reason: 'Mayor', restricted_by: doctor.id, lifted_by: administrator.id, lifted: true },
    ]);
  });

  it('is refused with every rule that the input breaks', async () => {
    const { id } = await createPatient(service);
    expect((await restrict({ id, careTeam: newUsers(101), reason: ' ' })).userErrors).toEqual([
      { code: 'INVALID_INPUT', field: ['careTeam'] },
      { code: 'INVALID_INPUT', field: ['reason'] },
    ]);
    expect((await restrict({ id, careTeam: [] })).userErrors).toEqual([
      { code: 'INVALID_INPUT', field: ['careTeam'] },
    ]);
    expect(await membersOf(id)).toEqual([]);
  });

  it('changes the version, and is refused under a stale one', async () => {
    const { id } = await createPatient(service);
    const nurse = userViewer('NURSE');
    expect((await restrict({ id, version: 7 })).userErrors).toEqual([
      { code: 'STALE_VERSION', field: ['version'] },
    ]);
    await restrict({ id, version: 1, careTeam: [String(nurse.id)] });
    const stale = await service.ask(nurse, UpdatePatientDocument, {
      input: { id, version: 1, phone: '55555' },
    });
    expect(stale.data.updatePatient.userErrors).toMatchObject([{ code: 'STALE_VERSION' }]);
  });

  it.each(['abc', '-1', '99999999999999', '2147483647'])('finds nothing under the id %s', async (id) => {
    expect(await restrict({ id })).toEqual(notFound);
    expect(await setTeam(id, newUsers(1))).toEqual(notFound);
    expect(await lift(id)).toEqual(notFound);
  });

  it('is not for a doctor who does not see the record, for whom it does not exist', async () => {
    const { id } = await createPatient(service);
    const team = newUsers(1);
    await restrict({ id, careTeam: team });
    const doctor = userViewer('DOCTOR');
    expect(await restrict({ id, version: 1 }, doctor)).toEqual(notFound);
    expect(await setTeam(id, [String(doctor.id)], doctor)).toEqual(notFound);
    expect(await lift(id, doctor)).toEqual(notFound);
    expect(await membersOf(id)).toEqual(sorted(...team));
  });

  it('at once by two doctors leaves the record to the first one and those named by that one', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id } = await createPatient(service);
      const doctors = [userViewer('DOCTOR'), userViewer('DOCTOR')];
      const outcomes = await Promise.all(doctors.map((doctor) => restrict({ id, careTeam: [] }, doctor)));
      const winners = doctors.filter((_, place) => outcomes[place]?.patient != null);
      expect(winners).toHaveLength(1);
      expect(outcomes).toContainEqual(notFound);
      expect(await membersOf(id)).toEqual(winners.map((winner) => winner.id));
    }
  });
});

describe('setting a care team', () => {
  it('replaces it, and keeps who had added those who stay', async () => {
    const { id } = await createPatient(service);
    const doctor = userViewer('DOCTOR');
    const [leaves = '', stays = '', comes = ''] = newUsers(3);
    await setTeam(id, [leaves, stays], doctor);
    expect((await setTeam(id, [stays, comes, comes])).patient).toMatchObject({
      isRestricted: false,
      version: 3,
    });
    const { rows } = await database.query<{ user_id: number; added_by: number }>(
      'SELECT user_id, added_by FROM care_team_members WHERE patient_id = $1',
      [id],
    );
    expect(new Map(rows.map((row) => [row.user_id, row.added_by]))).toEqual(
      new Map([
        [Number(stays), doctor.id],
        [Number(comes), administrator.id],
      ]),
    );
  });

  it('may empty it, but for a record that is restricted', async () => {
    const { id } = await createPatient(service);
    const team = newUsers(1);
    await setTeam(id, team);
    expect((await setTeam(id, [])).patient).toMatchObject({ careTeam: [] });
    await restrict({ id, careTeam: team });
    expect(await setTeam(id, [])).toEqual({
      patient: null,
      userErrors: [{ code: 'INVALID_INPUT', field: ['members'] }],
    });
    expect(await membersOf(id)).toEqual(sorted(...team));
  });

  it('lets a doctor hand a restricted record over, who does not see it any more then', async () => {
    const { id } = await createPatient(service);
    const doctor = userViewer('DOCTOR');
    await restrict({ id, careTeam: [] }, doctor);
    expect(await setTeam(id, newUsers(1), doctor)).toEqual({ patient: null, userErrors: [] });
    expect((await service.ask(doctor, GetCareTeamDocument, { id })).data.patient).toBeNull();
  });
});

describe('lifting a restriction', () => {
  it('lets everybody see the record, and leaves the care team', async () => {
    const { id } = await createPatient(service);
    const doctor = userViewer('DOCTOR');
    await restrict({ id, careTeam: [] }, doctor);
    expect(await lift(id, doctor)).toMatchObject(succeeded);
    const { data } = await service.ask(userViewer('STAFF'), GetCareTeamDocument, { id });
    expect(data.patient).toMatchObject({ isRestricted: false, careTeam: [{ id: String(doctor.id) }] });
    expect((await lift(id)).userErrors).toEqual([]);
  });
});

describe('the members of a care team', () => {
  it('must be active users', async () => {
    const { id } = await createPatient(service);
    const [nobody = '', inactive = '', active = ''] = newUsers(3);
    service.users.entities.set(nobody, null);
    service.users.entities.set(inactive, { isActive: false });
    const ids = [active, nobody, 'abc', inactive];
    const problems = (field: string) => [
      { code: 'USER_NOT_FOUND', field: [field, '1'] },
      { code: 'USER_NOT_FOUND', field: [field, '2'] },
      { code: 'USER_INACTIVE', field: [field, '3'] },
    ];
    expect((await restrict({ id, careTeam: ids })).userErrors).toEqual(problems('careTeam'));
    expect((await setTeam(id, ids)).userErrors).toEqual(problems('members'));
    expect(await membersOf(id)).toEqual([]);
  });

  it('are asked for in one call, in the name of this service', async () => {
    const { id } = await createPatient(service);
    const before = service.users.viewers.length;
    await restrict({ id, careTeam: newUsers(5) });
    expect(service.users.viewers.slice(before)).toEqual([serviceViewer('patients')]);
  });

  it('cannot be asked for while the users service does not answer', async () => {
    await using failing = await startPatients();
    const { id } = await createPatient(failing);
    failing.users.failure = 'error';
    const { data } = await failing.ask(administrator, RestrictPatientDocument, {
      input: { id, careTeam: newUsers(1), reason: 'Staff member' },
    });
    expect(data.change).toEqual({
      patient: null,
      userErrors: [{ code: 'DEPENDENCY_UNAVAILABLE', field: ['careTeam', '0'] }],
    });
    const lifted = await failing.ask(administrator, LiftPatientRestrictionDocument, { input: { id } });
    expect(lifted.data.change.userErrors).toEqual([]);
  });
});
