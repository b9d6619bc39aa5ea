import { expect, test, vi } from 'vitest';
import { connect, failureOf, type Connection } from './connect.js';
import { databaseOfThisFile, migratedDatabase } from './migrated-database.js';

const asPatientsService = databaseOfThisFile('patients');

const CHECK_VIOLATION = '23514';
const UNIQUE_VIOLATION = '23505';
const INSUFFICIENT_PRIVILEGE = '42501';
const withoutCareTeam = { code: '23000', constraint: 'restricted_patient_has_care_team' };

async function addPatient(service: Connection): Promise<number> {
  const [row] = await service.query<{ id: number }>(
    `INSERT INTO patients (first_name, last_name, date_of_birth, gender, phone, email, created_by)
     VALUES ('A', 'B', '1980-01-01', 'other', '555', 'a@b.org', 1) RETURNING id`,
  );
  return row?.id ?? 0;
}

async function restrict(service: Connection, patientId: number, team: readonly number[]): Promise<void> {
  await service.query(
    `INSERT INTO patient_restrictions (patient_id, reason, restricted_by) VALUES ($1, 'Staff member', 1)`,
    [patientId],
  );
  await service.query(
    `INSERT INTO care_team_members (patient_id, user_id, added_by) SELECT $1, unnest($2::integer[]), 1`,
    [patientId, team],
  );
}

/** Holds what is checked at the end of a transaction against the rows as they are now. */
const check = 'SET CONSTRAINTS ALL IMMEDIATE';

test(
  'a restricted record has a care team by the end of the transaction, in whatever order it is written',
  asPatientsService(async (service) => {
    const id = await addPatient(service);
    await restrict(service, id, []);
    expect(await failureOf(service, check)).toEqual(withoutCareTeam);
    await service.query(
      'INSERT INTO care_team_members (patient_id, user_id, added_by) VALUES ($1, 2, 1), ($1, 3, 1)',
      [id],
    );
    await service.query('DELETE FROM care_team_members WHERE user_id = 2');
    await service.query(check);
    await service.query('SET CONSTRAINTS ALL DEFERRED');
    await service.query('DELETE FROM care_team_members');
    expect(await failureOf(service, check)).toEqual(withoutCareTeam);
    await service.query('UPDATE patient_restrictions SET lifted_by = 1, lifted_at = clock_timestamp()');
    await service.query(check);
  }),
);

test('two who take one member away each leave one, also when they do so at once', async () => {
  await using database = await migratedDatabase('patients');
  await using one = await connect(database.databaseUrl);
  await using other = await connect(database.databaseUrl);
  await one.query('BEGIN');
  const id = await addPatient(one);
  await restrict(one, id, [2, 3]);
  await one.query('COMMIT');
  const remove = 'DELETE FROM care_team_members WHERE user_id = $1';
  await one.query('BEGIN');
  await other.query('BEGIN');
  await one.query(remove, [2]);
  await other.query(remove, [3]);
  const outcomes = await Promise.allSettled([one.query('COMMIT'), other.query('COMMIT')]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await one.query('SELECT FROM care_team_members')).toHaveLength(1);
});

const lastMemberLeaves = 'DELETE FROM care_team_members';
const isRestricted = `INSERT INTO patient_restrictions (patient_id, reason, restricted_by)
  SELECT id, 'Staff member', 1 FROM patients`;
/** Both sides refer to the patient's row then, and must not wait for each other because of that. */
const lastMembersComeAndLeave = `INSERT INTO care_team_members (patient_id, user_id, added_by)
  SELECT id, 3, 1 FROM patients; ${lastMemberLeaves}`;

test.each([
  ['the patient is restricted, and the last member leaves', isRestricted, lastMemberLeaves],
  ['the patient is restricted, and a member comes and all leave', isRestricted, lastMembersComeAndLeave],
  ['the last member leaves, and the patient is restricted', lastMemberLeaves, isRestricted],
  ['a member comes and all leave, and the patient is restricted', lastMembersComeAndLeave, isRestricted],
])('of two at once, the second is refused: %s', async (_, first, second) => {
  await using database = await migratedDatabase('patients');
  await using one = await connect(database.databaseUrl);
  await using other = await connect(database.databaseUrl);
  await using observer = await connect(database.databaseUrl);
  const id = await addPatient(one);
  await one.query('INSERT INTO care_team_members (patient_id, user_id, added_by) VALUES ($1, 2, 1)', [id]);
  await one.query('BEGIN');
  await other.query('BEGIN');
  await one.query(first);
  await other.query(second);
  await one.query(check);
  let isOver = false;
  const outcome = other
    .query('COMMIT')
    .then(
      () => null,
      (error: unknown) => error,
    )
    .finally(() => {
      isOver = true;
    });
  await vi.waitFor(
    async () => {
      const waiting = await observer.query(
        'SELECT FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0 AND datname = current_database()',
      );
      expect(isOver || waiting.length > 0).toBe(true);
    },
    { timeout: 10_000, interval: 20 },
  );
  await one.query('COMMIT');
  expect(await outcome).toMatchObject(withoutCareTeam);
});

test(
  'a patient is restricted once at a time, with a reason, and lifted as a whole',
  asPatientsService(async (service) => {
    const id = await addPatient(service);
    await restrict(service, id, [2]);
    const insert = `INSERT INTO patient_restrictions (patient_id, reason, restricted_by) VALUES ($1, $2, 1)`;
    expect(await failureOf(service, insert, [id, 'Again'])).toEqual({
      code: UNIQUE_VIOLATION,
      constraint: 'idx_patient_restrictions_in_force',
    });
    expect(await failureOf(service, insert, [id, ' '])).toMatchObject({ code: CHECK_VIOLATION });
    expect(await failureOf(service, 'UPDATE patient_restrictions SET lifted_by = 1')).toEqual({
      code: CHECK_VIOLATION,
      constraint: 'patient_restrictions_lifted_whole',
    });
    await service.query('UPDATE patient_restrictions SET lifted_by = 1, lifted_at = clock_timestamp()');
    await service.query(insert, [id, 'Again']);
  }),
);

test(
  'the service rewrites no restriction, and takes none away',
  asPatientsService(async (service) => {
    const id = await addPatient(service);
    await restrict(service, id, [2]);
    for (const statement of [
      `UPDATE patient_restrictions SET reason = 'x'`,
      'UPDATE patient_restrictions SET restricted_by = 2',
      'DELETE FROM patient_restrictions',
      'UPDATE care_team_members SET added_by = 2',
    ]) {
      expect(await failureOf(service, statement), statement).toMatchObject({ code: INSUFFICIENT_PRIVILEGE });
    }
  }),
);
