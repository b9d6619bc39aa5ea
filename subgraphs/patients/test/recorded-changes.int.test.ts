import type { Viewer } from '@caregraph/service-kit';
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScratchDatabase, sharedDatabase } from '../../../test/cluster.js';
import { runStatement } from '../../../test/held-lock.js';
import { userViewer } from '../../../test/subgraph-client.js';
import {
  CreatePatientDocument,
  DeactivatePatientDocument,
  LiftPatientRestrictionDocument,
  ReactivatePatientDocument,
  RestrictPatientDocument,
  SetCareTeamDocument,
  UpdatePatientDocument,
  type CreatePatientInput,
} from './generated/operations.js';
import { createPatient, newPatient, startPatients, type PatientsService } from './patients-service.js';

interface Entry {
  readonly action: string;
  readonly record_type: string;
  readonly record_ids: readonly string[];
  readonly patient_ids: readonly number[];
  readonly fields: readonly string[];
}

type UserViewer = Extract<Viewer, { kind: 'user' }>;

const { databaseUrl } = sharedDatabase('patients');
let service: PatientsService;

beforeAll(async () => {
  service = await startPatients();
});
afterAll(() => service[Symbol.asyncDispose]());

/** What the triggers have recorded of a user's session, in order. */
async function changesBy({ sessionId }: UserViewer, database = databaseUrl): Promise<Entry[]> {
  return runStatement<Entry>(
    database,
    `SELECT action, record_type, record_ids, patient_ids, fields FROM audit_entries
     WHERE source = 'trigger' AND session_id = $1 ORDER BY id`,
    [sessionId],
  );
}

function changeOf(
  id: string,
  action: string,
  fields: readonly string[],
  record_type = 'patients',
  record_ids: readonly unknown[] = [id],
) {
  return { action, record_type, record_ids, patient_ids: [Number(id)], fields };
}

const restrictedAt = (id: string): unknown => expect.stringMatching(new RegExp(`^${id}:\\d{4}-`));

describe('the trail of changes', () => {
  it('says who created a record, in which session and request, and from where', async () => {
    const nurse = userViewer('NURSE');
    const client = { address: '192.0.2.7', userAgent: 'Ward tablet' };
    const { data } = await service.ask(nurse, CreatePatientDocument, { input: newPatient() }, client);
    const id = data.createPatient.patient?.id ?? '';
    expect(await changesBy(nurse)).toEqual([changeOf(id, 'create', [])]);
    const [origin] = await runStatement(
      databaseUrl,
      `SELECT outcome, actor_kind, actor_user_id, actor_role, actor_name, session_id, address, user_agent, request_id,
         attestation IS NOT NULL AS is_attested, abs(extract(epoch FROM recorded_at - attested_at)) < 60 AS is_recent
       FROM audit_entries WHERE source = 'trigger' AND session_id = $1`,
      [nurse.sessionId],
    );
    expect(origin).toEqual({
      outcome: 'success',
      actor_kind: 'user',
      actor_user_id: nurse.id,
      actor_role: 'NURSE',
      actor_name: null,
      session_id: nurse.sessionId,
      address: client.address,
      user_agent: client.userAgent,
      request_id: expect.stringMatching(/^[\da-f-]{36}$/) as unknown,
      is_attested: true,
      is_recent: true,
    });
  });

  it('names the columns that a change is about, and no value', async () => {
    const nurse = userViewer('NURSE');
    const { id, phone } = await createPatient(service);
    await service.ask(nurse, UpdatePatientDocument, {
      input: { id, firstName: 'Augusta', phone, address: { city: 'Ockham' } },
    });
    await service.ask(nurse, DeactivatePatientDocument, { input: { id } });
    await service.ask(nurse, ReactivatePatientDocument, { input: { id } });
    expect(await changesBy(nurse)).toEqual([
      changeOf(id, 'update', ['first_name', 'city']),
      changeOf(id, 'update', ['is_active']),
      changeOf(id, 'update', ['is_active']),
    ]);
    const [{ entry } = { entry: '' }] = await runStatement<{ entry: string }>(
      databaseUrl,
      `SELECT string_agg(audit_entries::text, ' ') AS entry FROM audit_entries WHERE session_id = $1`,
      [nurse.sessionId],
    );
    expect(entry).toContain('first_name');
    expect(entry).not.toMatch(/Augusta|Ockham/);
  });

  it('has each restriction, care team and lift, under the request that made it', async () => {
    const doctor = userViewer('DOCTOR');
    const { id } = await createPatient(service);
    const [one, other] = [randomInt(1, 1_000_000_000), randomInt(1, 1_000_000_000)];
    await service.ask(doctor, RestrictPatientDocument, {
      input: { id, careTeam: [String(one)], reason: 'Mayor' },
    });
    await service.ask(doctor, SetCareTeamDocument, {
      input: { id, members: [String(doctor.id), String(other)] },
    });
    await service.ask(doctor, LiftPatientRestrictionDocument, { input: { id } });
    const members = (...users: readonly number[]) =>
      expect.toSatisfy(
        (ids: string[]) =>
          [...ids].sort().join() ===
          users
            .map((user) => `${id}:${user}`)
            .sort()
            .join(),
      ) as unknown as string[];
    expect(await changesBy(doctor)).toEqual([
      changeOf(id, 'create', [], 'patient_restrictions', [restrictedAt(id)]),
      { ...changeOf(id, 'create', [], 'care_team_members'), record_ids: members(one, doctor.id) },
      changeOf(id, 'update', []),
      changeOf(id, 'delete', [], 'care_team_members', [`${id}:${one}`]),
      changeOf(id, 'create', [], 'care_team_members', [`${id}:${other}`]),
      changeOf(id, 'update', []),
      changeOf(id, 'update', ['lifted_by', 'lifted_at'], 'patient_restrictions', [restrictedAt(id)]),
      changeOf(id, 'update', []),
    ]);
    const requests = await runStatement(
      databaseUrl,
      `SELECT count(*)::integer AS entries FROM audit_entries WHERE source = 'trigger' AND session_id = $1
       GROUP BY request_id ORDER BY min(id)`,
      [doctor.sessionId],
    );
    expect(requests).toEqual([{ entries: 3 }, { entries: 3 }, { entries: 2 }]);
  });

  it('tells who was in a care team when, also of those who have left it', async () => {
    const { id } = await createPatient(service);
    const administrator = userViewer('ADMIN');
    const [stays = 0, leaves = 0, comes = 0] = Array.from({ length: 3 }, () => randomInt(1, 1_000_000_000));
    const teams = [[stays, leaves], [stays], [stays, comes], []];
    const moments: string[] = [];
    for (const team of teams) {
      const input = { id, members: team.map(String) };
      await service.ask(administrator, SetCareTeamDocument, { input });
      const [{ now } = { now: '' }] = await runStatement<{ now: string }>(
        databaseUrl,
        `SELECT (clock_timestamp() AT TIME ZONE 'UTC')::text AS now`,
      );
      moments.push(now);
    }
    const [created] = await runStatement<{ at: string }>(
      databaseUrl,
      `SELECT min(recorded_at)::text AS at FROM audit_entries WHERE patient_ids @> ARRAY[$1::integer]`,
      [id],
    );
    expect(await careTeamAt(id, created?.at ?? '')).toEqual([]);
    for (const [index, moment] of moments.entries()) {
      expect(await careTeamAt(id, moment)).toEqual([...(teams[index] ?? [])].sort((a, b) => a - b));
    }
  });

  it('has nothing of a change that was refused', async () => {
    const staff = userViewer('STAFF');
    const { id } = await createPatient(service);
    const create = (input: CreatePatientInput) => service.ask(staff, CreatePatientDocument, { input });
    const clinical = await create(newPatient({ allergies: 'Penicillin' }));
    const unnamed = await create(newPatient({ firstName: ' ' }));
    const stale = await service.ask(staff, UpdatePatientDocument, {
      input: { id, version: 7, firstName: 'Augusta' },
    });
    const missing = await service.ask(staff, DeactivatePatientDocument, { input: { id: '2147483647' } });
    const restricted = await service.ask(staff, RestrictPatientDocument, {
      input: { id, careTeam: ['1'], reason: 'Mayor' },
    });
    const outcomes = [
      clinical.data.createPatient,
      unnamed.data.createPatient,
      stale.data.updatePatient,
      missing.data.deactivatePatient,
      restricted.data.change,
    ];
    const codes = outcomes.flatMap(({ userErrors }) => userErrors.map(({ code }) => code));
    expect(codes).toEqual(['FORBIDDEN', 'INVALID_INPUT', 'STALE_VERSION', 'NOT_FOUND', 'FORBIDDEN']);
    expect(await changesBy(staff)).toEqual([]);
  });

  it('has nothing of a change that was rolled back', async () => {
    await using database = await createScratchDatabase('patients');
    await runStatement(
      database.superuserUrl,
      `CREATE FUNCTION refuse_late() RETURNS TRIGGER AS $$ BEGIN RAISE 'refused'; END $$ LANGUAGE plpgsql;
       CREATE CONSTRAINT TRIGGER refuse_late AFTER INSERT OR UPDATE ON patients
         DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.last_name = 'Refused')
         EXECUTE FUNCTION refuse_late()`,
    );
    await using patients = await startPatients({ PATIENTS_DATABASE_URL: database.databaseUrl });
    const { id } = await createPatient(patients);
    const nurse = userViewer('NURSE');
    const created = await patients.ask(nurse, CreatePatientDocument, {
      input: newPatient({ lastName: 'Refused' }),
    });
    const changed = await patients.ask(nurse, UpdatePatientDocument, { input: { id, lastName: 'Refused' } });
    for (const { errors } of [created, changed]) {
      expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['INTERNAL_SERVER_ERROR']);
    }
    expect(await changesBy(nurse, database.databaseUrl)).toEqual([]);
  });
});

/** The members of a care team at a moment, out of nothing but the trail. */
async function careTeamAt(id: string, moment: string): Promise<number[]> {
  const rows = await runStatement<{ user_id: number }>(
    databaseUrl,
    `SELECT split_part(record_id, ':', 2)::integer AS user_id
     FROM audit_entries, unnest(record_ids) AS record_id
     WHERE record_type = 'care_team_members' AND patient_ids @> ARRAY[$1::integer]
       AND starts_with(record_id, $1 || ':') AND recorded_at <= $2
     GROUP BY record_id
     HAVING (array_agg(action ORDER BY audit_entries.id DESC))[1] = 'create'
     ORDER BY user_id`,
    [id, moment],
  );
  return rows.map((row) => row.user_id);
}
