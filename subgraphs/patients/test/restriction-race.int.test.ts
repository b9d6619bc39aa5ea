import { createMetrics, type Viewer } from '@caregraph/service-kit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sharedDatabase } from '../../../test/cluster.js';
import { userViewer } from '../../../test/subgraph-client.js';
import { holdLock, runStatement } from '../../../test/held-lock.js';
import { createCareTeamRepository } from '../src/care-team-repository.js';
import { connectDatabase } from '../src/database.js';
import {
  DeactivatePatientDocument,
  ReactivatePatientDocument,
  RestrictPatientDocument,
  UpdatePatientDocument,
} from './generated/operations.js';
import { createPatient, startPatients, type PatientsService } from './patients-service.js';

interface Target {
  readonly id: string;
  readonly version?: number;
}

const { databaseUrl } = sharedDatabase('patients');
const administrator = userViewer('ADMIN');
let service: PatientsService;

beforeAll(async () => {
  service = await startPatients();
});
afterAll(() => service[Symbol.asyncDispose]());

/** What the service does when a record is restricted to one user, and when its only member gives way to another. */
const restriction = `
  WITH restriction AS (INSERT INTO patient_restrictions (patient_id, reason, restricted_by) VALUES ($1, 'Mayor', 1)),
    member AS (INSERT INTO care_team_members (patient_id, user_id, added_by) VALUES ($1, $2, 1))
  UPDATE patients SET is_active = is_active WHERE id = $1`;
const handingOver = `
  WITH former AS (DELETE FROM care_team_members WHERE patient_id = $1),
    member AS (INSERT INTO care_team_members (patient_id, user_id, added_by) VALUES ($1, $2, 1))
  UPDATE patients SET is_active = is_active WHERE id = $1`;
const lifting = `
  WITH restriction AS (UPDATE patient_restrictions SET lifted_by = $2, lifted_at = clock_timestamp() WHERE patient_id = $1)
  UPDATE patients SET is_active = is_active WHERE id = $1`;

const changes = [
  [
    'updatePatient',
    async (viewer: Viewer, target: Target) =>
      (await service.ask(viewer, UpdatePatientDocument, { input: { ...target, phone: '555-0199' } })).data
        .updatePatient,
  ],
  [
    'deactivatePatient',
    async (viewer: Viewer, input: Target) =>
      (await service.ask(viewer, DeactivatePatientDocument, { input })).data.deactivatePatient,
  ],
  [
    'reactivatePatient',
    async (viewer: Viewer, input: Target) =>
      (await service.ask(viewer, ReactivatePatientDocument, { input })).data.reactivatePatient,
  ],
] as const;

/** Asks for a change while a statement holds the record, which is committed when the change waits for it. */
async function changeMeanwhile<Outcome>(
  statement: string,
  values: readonly unknown[],
  change: () => Promise<Outcome>,
): Promise<Outcome> {
  await using held = await holdLock(databaseUrl, statement, values);
  const changed = change();
  await held.isWaitedForBefore(changed);
  await held.commit();
  return await changed;
}

async function restrictTo(id: string, memberId: number): Promise<void> {
  const { data } = await service.ask(administrator, RestrictPatientDocument, {
    input: { id, careTeam: [String(memberId)], reason: 'Mayor' },
  });
  expect(data.change.userErrors).toEqual([]);
}

/** What the changes of this test would leave behind. */
async function rowOf(id: string): Promise<unknown> {
  const [row] = await runStatement(databaseUrl, 'SELECT version, phone FROM patients WHERE id = $1', [id]);
  return row;
}

const notFound = { patient: null, userErrors: [{ code: 'NOT_FOUND', field: ['id'] }] };

it.each(changes)('%s that waited for a restriction finds nothing to change', async (_, change) => {
  for (const version of [undefined, 1, 2]) {
    const { id, phone } = await createPatient(service);
    const target = { id, ...(version !== undefined && { version }) };
    const outcome = await changeMeanwhile(restriction, [id, userViewer('DOCTOR').id], () =>
      change(userViewer('NURSE'), target),
    );
    expect(outcome).toMatchObject(notFound);
    expect(await rowOf(id)).toEqual({ version: 2, phone });
  }
});

it.each(changes)('%s that waited until its viewer left the care team changes nothing', async (_, change) => {
  const { id, phone } = await createPatient(service);
  const nurse = userViewer('NURSE');
  await restrictTo(id, nurse.id);
  const outcome = await changeMeanwhile(handingOver, [id, userViewer('DOCTOR').id], () =>
    change(nurse, { id }),
  );
  expect(outcome).toMatchObject(notFound);
  expect(await rowOf(id)).toEqual({ version: 3, phone });
});

it.each(changes)('%s that waited until a restriction was lifted finds the record', async (_, change) => {
  const { id } = await createPatient(service);
  await restrictTo(id, userViewer('DOCTOR').id);
  const outcome = await changeMeanwhile(lifting, [id, administrator.id], () =>
    change(userViewer('NURSE'), { id }),
  );
  expect(outcome).toMatchObject({ patient: { id }, userErrors: [] });
});

it.each(changes)(
  '%s that waited for another change is refused under the version before',
  async (_, change) => {
    const { id, phone } = await createPatient(service);
    const anotherChange = 'UPDATE patients SET is_active = is_active WHERE id = $1';
    const outcome = await changeMeanwhile(anotherChange, [id], () =>
      change(userViewer('NURSE'), { id, version: 1 }),
    );
    expect(outcome).toMatchObject({ patient: null, userErrors: [{ code: 'STALE_VERSION' }] });
    expect(await rowOf(id)).toEqual({ version: 2, phone });
  },
);

it('a care team is not shown that is read after its record was restricted', async () => {
  const database = connectDatabase(databaseUrl, createMetrics('patients'), () => undefined);
  const careTeams = createCareTeamRepository(database);
  const [member, nurse] = [userViewer('DOCTOR'), userViewer('NURSE')];
  const { id } = await createPatient(service);
  const { id: open } = await createPatient(service);
  const read = (viewer: Viewer) => careTeams.findMany([Number(id), 2_147_483_647, Number(open)], viewer);
  const nobody = { isRestricted: false, memberIds: [] };
  expect(await read(nurse)).toEqual([nobody, null, nobody]);
  await restrictTo(id, member.id);
  expect(await read(nurse)).toEqual([null, null, nobody]);
  expect(await read(member)).toEqual([{ isRestricted: true, memberIds: [member.id] }, null, nobody]);
  await database.$disconnect();
});
