import { expect, it, vi } from 'vitest';
import { createScratchDatabase } from '../../../test/cluster.js';
import { runStatement } from '../../../test/held-lock.js';
import { startUsers } from './users-service.js';

it('removes sessions that have been over for longer than they are kept, and their tokens, whatever their number', async () => {
  await using database = await createScratchDatabase('users');
  await runStatement(
    database.databaseUrl,
    `WITH account AS (
       INSERT INTO users (email, password_hash, first_name, last_name, role)
       VALUES ('old@clinic.example', '-', 'Old', 'Hand', 'nurse') RETURNING id
     ), session AS (
       INSERT INTO sessions (user_id, user_agent, expires_at, renewable_until, ended_at)
       SELECT account.id, kind, LOCALTIMESTAMP + expires, LOCALTIMESTAMP + expires, LOCALTIMESTAMP + ended
       FROM account, generate_series(1, 600), (VALUES
         ('expired long ago', interval '-31 days', NULL),
         ('ended long ago', interval '1 day', interval '-31 days'),
         ('expired lately', interval '-29 days', NULL),
         ('ended lately', interval '1 day', interval '-29 days'),
         ('lasts', interval '1 day', NULL)
       ) AS kinds (kind, expires, ended) RETURNING id, expires_at
     )
     INSERT INTO refresh_tokens (token_hash, session_id, expires_at)
     SELECT sha256(id::text::bytea), id, expires_at FROM session`,
  );
  await using users = await startUsers(database.databaseUrl, { SESSION_RETENTION_DAYS: '30' });
  expect((await users.revoked()).size).toBe(0);
  await vi.waitFor(
    async () => {
      const left = await runStatement(
        database.databaseUrl,
        `SELECT user_agent AS kind, count(*)::integer AS sessions FROM sessions
         JOIN refresh_tokens ON session_id = sessions.id GROUP BY user_agent ORDER BY user_agent`,
      );
      expect(left).toEqual([
        { kind: 'ended lately', sessions: 600 },
        { kind: 'expired lately', sessions: 600 },
        { kind: 'lasts', sessions: 600 },
      ]);
    },
    { timeout: 30_000, interval: 50 },
  );
  const tokens = await runStatement(
    database.databaseUrl,
    'SELECT count(*)::integer AS number FROM refresh_tokens',
  );
  expect(tokens).toEqual([{ number: 1_800 }]);
  const recorded = await runStatement(
    database.databaseUrl,
    `SELECT record_type AS type, count(DISTINCT request_id)::integer AS rounds, sum(record_count)::integer AS records,
       array_agg(DISTINCT concat_ws(' ', actor_kind, actor_name)) AS actors
     FROM audit_entries WHERE action = 'delete' GROUP BY record_type ORDER BY record_type`,
  );
  expect(recorded).toEqual([
    { type: 'refresh_tokens', rounds: 1, records: 1_200, actors: ['service users'] },
    { type: 'sessions', rounds: 1, records: 1_200, actors: ['service users'] },
  ]);
});
