import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { migrate, rollback } from '../src/index.js';
import { connect } from './connect.js';
import { migratedDatabase } from './migrated-database.js';

const folder = new URL('../../../prisma/users/migrations/', import.meta.url);

test('sessions that began before access tokens could be revoked go on, and those that had ended stay so', async () => {
  await using database = await migratedDatabase('users');
  const options = { service: 'users', migrationUrl: database.migrationUrl } as const;
  const later = readdirSync(folder).filter(
    (name) => /^\d/.test(name) && name > '20260301080700_create_sessions',
  );
  await rollback({ ...options, steps: later.length });
  await using owner = await connect(database.migrationUrl);
  await owner.query(`
    WITH account AS (
      INSERT INTO users (email, password_hash, first_name, last_name, role)
      VALUES ('early@clinic.example', '-', 'Early', 'Bird', 'nurse') RETURNING id
    ), session AS (
      INSERT INTO sessions (user_id, expires_at, ended_at, end_reason)
      SELECT account.id, TIMESTAMP '2031-01-01 12:00', ended, reason
      FROM account, (VALUES (NULL, NULL), (TIMESTAMP '2031-01-01 09:00', 'logout')) AS ends (ended, reason)
      RETURNING id
    )
    INSERT INTO refresh_tokens (token_hash, session_id, issued_at, expires_at, used_at)
    SELECT sha256((id || number::text)::bytea), id, TIMESTAMP '2031-01-01 08:00' + number * interval '1 hour',
      TIMESTAMP '2031-01-01 10:00' + number * interval '1 hour', used
    FROM session, (VALUES (0, TIMESTAMP '2031-01-01 09:00'), (1, NULL)) AS tokens (number, used)`);
  await migrate({ ...options, runtimeRole: 'users_service' });
  const rows = await owner.query(`
    SELECT end_reason, token_epoch, tokens_revoked_at::text, last_used_at::text, renewable_until::text
    FROM sessions ORDER BY end_reason NULLS FIRST`);
  const times = { last_used_at: '2031-01-01 09:00:00', renewable_until: '2031-01-01 11:00:00' };
  expect(rows).toEqual([
    { end_reason: null, token_epoch: 0, tokens_revoked_at: null, ...times },
    { end_reason: 'logout', token_epoch: 0, tokens_revoked_at: '2031-01-01 09:00:00', ...times },
  ]);
});
