import { expect, test } from 'vitest';
import { createScratchDatabase } from '../../../test/cluster.js';
import { migrate, MigrationError, rollback, type Service } from '../src/index.js';
import { connect, failureOf, type Connection } from './connect.js';
import { migratedDatabase } from './migrated-database.js';
import { versionsOf } from './migrations-folder.js';

const service: Service = 'appointments';

interface Step {
  readonly appointment: number;
  readonly was: string;
  readonly is: string;
  readonly who: number | null;
  readonly why: string | null;
}

async function stepsOf(connection: Connection): Promise<Step[]> {
  return connection.query<Step & Record<string, unknown>>(
    `SELECT appointment_id AS appointment, from_status AS was, to_status AS is, changed_by AS who, reason AS why
     FROM appointment_transitions ORDER BY id`,
  );
}

/** Appointments of one patient and doctor each, a day apart, in the order of their ids. */
function appointments(first: number, last: number, status = 'scheduled', more = ''): string {
  return `INSERT INTO appointments
      (id, patient_id, doctor_id, date_time, duration, type, status, reason, created_by${more && ', created_at'})
    SELECT number, number, number, TIMESTAMP '2031-01-01 09:00', 30, 'consultation', '${status}', 'Cough', 5
      ${more && `, ${more}`} FROM generate_series(${first}, ${last}) AS number`;
}

const context = (user: number): string =>
  `SELECT set_config('caregraph.audit_context', '{"actorKind": "user", "actorUserId": ${user}}', true)`;
const because = (reason: string): string => `SELECT set_config('caregraph.change_reason', '${reason}', true)`;

test('each step is kept with who and why the transaction says, and a step without them, too', async () => {
  await using database = await createScratchDatabase(service);
  await using connection = await connect(database.databaseUrl);
  await connection.query(`BEGIN; ${context(7)}; ${appointments(1, 1)}; COMMIT`);
  await connection.query(`BEGIN; ${context(8)}; ${because(' By telephone ')};
    UPDATE appointments SET status = 'confirmed' WHERE id = 1; COMMIT`);
  // Neither lasts longer than its transaction.
  await connection.query(`UPDATE appointments SET status = 'cancelled', reason = 'x' WHERE id = 1`);
  await connection.query(`UPDATE appointments SET status = 'cancelled', duration = 45 WHERE id = 1`);
  await connection.query(`BEGIN; UPDATE appointments SET status = 'no-show' WHERE id = 1; ROLLBACK`);
  expect(await stepsOf(connection)).toEqual([
    { appointment: 1, was: 'scheduled', is: 'confirmed', who: 8, why: ' By telephone ' },
    { appointment: 1, was: 'confirmed', is: 'cancelled', who: null, why: null },
  ]);
});

test('a statement for many appointments is one statement for their histories', async () => {
  await using database = await createScratchDatabase(service);
  await using connection = await connect(database.migrationUrl);
  await connection.query(appointments(1, 2_000, 'confirmed'));
  await connection.query(`UPDATE appointments SET status = 'in-progress' WHERE id > 1`);
  const [counts] = await connection.query(`
    SELECT count(*)::integer AS steps, count(DISTINCT appointment_id)::integer AS histories
    FROM appointment_transitions`);
  expect(counts).toEqual({ steps: 1_999, histories: 1_999 });
  const entries = await connection.query(`
    SELECT action, record_count AS count FROM audit_entries WHERE record_type = 'appointment_transitions' ORDER BY id`);
  expect(entries).toEqual([{ action: 'create', count: 1_999 }]);
});

test('a step of a transaction that waited for another one is dated after the other’s', async () => {
  await using database = await createScratchDatabase(service);
  await using first = await connect(database.databaseUrl);
  await using second = await connect(database.databaseUrl);
  await first.query(appointments(1, 1));
  // The second one began first, as the clock goes, and comes to the appointment last.
  await second.query('BEGIN; SELECT now()');
  await first.query(`UPDATE appointments SET status = 'confirmed' WHERE id = 1`);
  await second.query(`UPDATE appointments SET status = 'cancelled' WHERE id = 1; COMMIT`);
  const rows = await first.query(`
    SELECT to_status AS is, changed_at >= lag(changed_at, 1, changed_at) OVER (ORDER BY id) AS in_order
    FROM appointment_transitions ORDER BY changed_at`);
  expect(rows).toEqual(['confirmed', 'cancelled'].map((is) => ({ is, in_order: true })));
});

test('the service reads histories and writes none; they go with their appointments', async () => {
  await using database = await createScratchDatabase(service);
  await using connection = await connect(database.databaseUrl);
  await connection.query(appointments(1, 2));
  await connection.query(`UPDATE appointments SET status = 'confirmed'`);
  await connection.query('BEGIN');
  for (const statement of [
    `INSERT INTO appointment_transitions (appointment_id, from_status, to_status)
     VALUES (1, 'confirmed', 'completed')`,
    `UPDATE appointment_transitions SET changed_by = 1`,
    'DELETE FROM appointment_transitions',
    'TRUNCATE appointment_transitions',
    'SELECT keep_appointment_transitions()',
  ]) {
    expect(await failureOf(connection, statement), statement).toMatchObject({ code: '42501' });
  }
  await connection.query('ROLLBACK');
  await using owner = await connect(database.migrationUrl);
  await owner.query('DELETE FROM appointments WHERE id = 1');
  expect(await stepsOf(connection)).toMatchObject([{ appointment: 2 }]);
});

test('a schema of another name, a search path and a table of the same name lead no step astray', async () => {
  await using database = await createScratchDatabase(service, { empty: true });
  const migrationUrl = `${database.migrationUrl}?schema=${encodeURIComponent('The "clinic"')}`;
  await migrate({ service, migrationUrl, runtimeRole: 'appointments_service' });
  await using connection = await connect(migrationUrl);
  await using superuser = await connect(database.superuserUrl);
  await superuser.query(`SET search_path TO pg_catalog; CREATE TEMPORARY TABLE appointment_transitions (id INTEGER);
    INSERT INTO "The ""clinic""".appointments
      (patient_id, doctor_id, date_time, duration, type, status, reason, created_by)
    VALUES (1, 1, '2031-01-01', 30, 'consultation', 'scheduled', 'x', 1);
    UPDATE "The ""clinic""".appointments SET status = 'cancelled'`);
  expect(await stepsOf(connection)).toMatchObject([{ was: 'scheduled', is: 'cancelled' }]);
});

test('steps that nothing else knows of are in the way of reverting', async () => {
  await using database = await migratedDatabase(service);
  await using owner = await connect(database.migrationUrl);
  const versions = await versionsOf(service);
  const steps =
    versions.length - versions.findIndex((name) => name.endsWith('_create_appointment_transitions'));
  const options = { service, migrationUrl: database.migrationUrl, discardAuditTrail: true } as const;
  await owner.query(appointments(1, 1));
  await owner.query(`UPDATE appointments SET status = 'cancelled'`);
  const attempt = rollback({ ...options, steps });
  await expect(attempt).rejects.toThrow(MigrationError);
  await expect(attempt).rejects.toThrow(/transitions of appointments that nothing else knows of/);
  expect(await stepsOf(owner)).toHaveLength(1);
  await owner.query('DELETE FROM appointment_transitions');
  await rollback({ ...options, steps: 1 });
});
