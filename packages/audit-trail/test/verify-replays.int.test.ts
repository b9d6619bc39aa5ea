import { expect, it } from 'vitest';
import { canonicalText } from '../src/chain.js';
import { createScratchTrail, type ScratchTrail } from './seal-fixtures.js';
import { verify } from './verify-fixtures.js';

/** What whoever holds the service's role reads in the newest entry of a trigger, and says again in a change. */
async function changeInStolenName(trail: ScratchTrail): Promise<void> {
  await trail.pool.query(`
    DO $$
    BEGIN
      PERFORM set_config('caregraph.audit_context', (
        SELECT json_build_object(
          'actorKind', actor_kind, 'actorUserId', actor_user_id, 'actorRole', actor_role, 'actorName', actor_name,
          'sessionId', session_id, 'address', address, 'userAgent', user_agent, 'requestId', request_id,
          'attestedAt', attested_at, 'attestation', encode(attestation, 'base64'))::text
        FROM audit_entries WHERE source = 'trigger' ORDER BY id DESC LIMIT 1), true);
      UPDATE users SET first_name = 'Other';
    END;
    $$`);
}

it('finds a change in the name of whoever has made another one', async () => {
  await using trail = await createScratchTrail();
  await trail.change();
  await trail.seal();
  await changeInStolenName(trail);
  await trail.record(1);
  await trail.seal();
  const { findings } = await verify(trail);
  expect(findings).toMatchObject([
    {
      kind: 'replayed',
      entryId: '2',
      entry: 'update of users by user 7',
      detail: expect.stringContaining('taken from entry 1:') as string,
    },
  ]);
});

it('takes all that one transaction changes for one', async () => {
  await using trail = await createScratchTrail();
  const client = await trail.pool.connect();
  await client.query('BEGIN');
  await client.query("SELECT set_config('caregraph.audit_context', $1, true)", [
    trail.recorder().changeContext(),
  ]);
  await client.query(
    `INSERT INTO users (email, password_hash, first_name, last_name, role)
    VALUES ('one@example.com', 'none', 'First', 'Last', 'doctor')`,
  );
  await client.query("UPDATE users SET first_name = 'Second'");
  await client.query('COMMIT');
  client.release();
  await trail.seal();
  const report = await verify(trail);
  expect(report).toMatchObject({ entries: 2, findings: [] });
});

it('reads entries from before transactions were named as they were sealed', async () => {
  await using trail = await createScratchTrail();
  await trail.record(1);
  await trail.change();
  await trail.tamper('UPDATE audit_entries SET transaction_id = 0');
  await trail.record(2);
  await trail.seal();
  const texts = await trail.rows<{ text: string }>(
    `SELECT ${canonicalText('entry')} AS text FROM audit_entries AS entry ORDER BY id`,
  );
  expect(texts.map(({ text }) => /caregraph-audit-\d/.exec(text)?.[0])).toEqual([
    'caregraph-audit-1',
    'caregraph-audit-1',
    'caregraph-audit-2',
  ]);
  expect(texts.map(({ text }) => JSON.parse(text) as unknown[]).map(({ length }) => length)).toEqual([
    26, 26, 27,
  ]);
  expect((await verify(trail)).findings).toEqual([]);
});
