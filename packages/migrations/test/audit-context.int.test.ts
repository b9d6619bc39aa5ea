import { expect, test } from 'vitest';
import { createScratchDatabase } from '../../../test/cluster.js';
import { readEntries } from './audit-entries.js';
import { connect, failureOf, type Connection } from './connect.js';

const context = {
  actorKind: 'user',
  actorUserId: 12,
  actorRole: 'nurse',
  actorName: null,
  sessionId: 'session',
  address: '192.0.2.1',
  userAgent: 'Browser',
  requestId: 'request',
  attestedAt: '2031-01-01T09:00:00.123Z',
  attestation: 'AQID',
};

const setContext = `SELECT set_config('caregraph.audit_context', $1, true)`;
const change = (number: number): string =>
  `INSERT INTO users (id, email, password_hash, first_name, last_name, role)
   VALUES (${number}, '${number}@clinic.example', '-', 'A', 'B', 'nurse')`;

async function changeAs(connection: Connection, said: string, number: number): Promise<void> {
  await connection.query('BEGIN');
  await connection.query(setContext, [said]);
  await connection.query(change(number));
  await connection.query('COMMIT');
}

test('an entry names the actor of its transaction, and the next one on the connection does not', async () => {
  await using database = await createScratchDatabase('users');
  await using service = await connect(database.databaseUrl);
  await changeAs(service, JSON.stringify(context), 1);
  await service.query(change(2));
  const [first, second] = (await readEntries(service)).map(
    ({ everything }): unknown => JSON.parse(everything) as unknown,
  );
  expect(first).toMatchObject({
    ...{ record_ids: ['1'], database_role: 'users_service' },
    ...{ actor_kind: 'user', actor_user_id: 12, actor_role: 'nurse', actor_name: null },
    ...{ session_id: 'session', address: '192.0.2.1', user_agent: 'Browser', request_id: 'request' },
    ...{ attested_at: '2031-01-01T09:00:00.123', attestation: '\\x010203' },
  });
  expect(second).toMatchObject({
    ...{ record_ids: ['2'], database_role: 'users_service' },
    ...{ actor_kind: 'database', actor_user_id: null, actor_role: null, actor_name: 'users_service' },
    ...{ session_id: null, address: null, user_agent: null, request_id: null },
    ...{ attested_at: null, attestation: null },
  });
});

test.each([
  ['is no JSON', 'user 12', '22P02'],
  ['is JSON cut short', '{"actorKind": "user"', '22P02'],
  ['is null', 'null', '22023'],
  ['is a list', '["user", 12]', '22023'],
  ['is a text', '"user"', '22023'],
  ['says nothing', '{}', '22023'],
  ['has another kind of actor', JSON.stringify({ ...context, actorKind: 'admin' }), '22023'],
  ['says that it was the database', '{"actorKind": "database", "actorName": "users_service"}', '22023'],
  ['does not say which user', JSON.stringify({ ...context, actorUserId: null }), '22023'],
  ['does not say which service', '{"actorKind": "service"}', '22023'],
  ['has a user whose number is none', JSON.stringify({ ...context, actorUserId: 'twelve' }), '22P02'],
  ['has a user whose number is too large', JSON.stringify({ ...context, actorUserId: 1e12 }), '22003'],
  ['has a role that is too long', JSON.stringify({ ...context, actorRole: 'n'.repeat(21) }), '22001'],
  ['has a time that is none', JSON.stringify({ ...context, attestedAt: 'yesterday morning' }), '22007'],
  ['has an attestation that is no Base64', JSON.stringify({ ...context, attestation: '%' }), '22023'],
])('a context that %s refuses the change', async (_, said, code) => {
  await using database = await createScratchDatabase('users');
  await using service = await connect(database.databaseUrl);
  await service.query('BEGIN');
  await service.query(setContext, [said]);
  expect(await failureOf(service, change(1))).toMatchObject({ code });
  expect(await service.query('SELECT FROM users')).toEqual([]);
});

test('a context may have numbers for texts, long texts, and what nobody asks for', async () => {
  await using database = await createScratchDatabase('users');
  await using service = await connect(database.databaseUrl);
  const said = { ...context, requestId: 5, userAgent: 'x'.repeat(100_000), sessionId: {}, colour: 'red' };
  await changeAs(service, JSON.stringify(said), 1);
  await changeAs(service, JSON.stringify({ ...context, requestId: 'r'.repeat(100_000) }), 2);
  const entries = (await readEntries(service)).map(({ everything }): unknown => JSON.parse(everything));
  expect(entries).toMatchObject([
    { request_id: '5', session_id: '{}', user_agent: said.userAgent, actor_user_id: 12 },
    { request_id: 'r'.repeat(100_000), actor_user_id: 12 },
  ]);
});

test('a context that is set for the whole connection is held to the same', async () => {
  await using database = await createScratchDatabase('users');
  await using owner = await connect(database.migrationUrl);
  await owner.query(`SELECT set_config('caregraph.audit_context', $1, false)`, [JSON.stringify(context)]);
  await owner.query(change(1));
  await owner.query(`SELECT set_config('caregraph.audit_context', 'nobody', false)`);
  await owner.query('BEGIN');
  expect(await failureOf(owner, change(2))).toMatchObject({ code: '22P02' });
  await owner.query('ROLLBACK');
  expect(await readEntries(owner)).toMatchObject([
    { actorKind: 'user', actorUserId: 12, databaseRole: 'users_owner' },
  ]);
});
