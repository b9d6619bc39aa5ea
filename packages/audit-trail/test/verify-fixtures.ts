import { createHash } from 'node:crypto';
import { canonicalText } from '../src/chain.js';
import { publicKeysOf } from '../src/checkpoint-signature.js';
import { verifyTrail, type TrailReport } from '../src/verify-trail.js';
import type { ScratchTrail } from './seal-fixtures.js';

/** Verifies the trail as `npm run audit:verify` does, without waiting for a sealer. */
export function verify(trail: ScratchTrail, { withKeys = true } = {}): Promise<TrailReport> {
  return verifyTrail({
    service: 'users',
    databaseUrl: trail.database.databaseUrl,
    checkpointsDirectory: trail.checkpoints,
    publicKeys: publicKeysOf(trail.keys),
    keys: withKeys ? trail.keys : null,
    sealPatience: 0,
  });
}

/** What a thorough forger does last: all seals anew, in the order of the entries' ids, so that they fit together. */
export async function resealAll(trail: ScratchTrail): Promise<void> {
  const rows = await trail.rows<{ id: string; canonical: string }>(
    `SELECT entry.id, ${canonicalText('entry')} AS canonical FROM audit_entries AS entry ORDER BY id`,
  );
  let chain = Buffer.alloc(32);
  const values = rows.map(({ id, canonical }, index) => {
    const digest = createHash('sha256').update(canonical).digest();
    chain = createHash('sha256').update(chain).update(digest).digest();
    return `(${index + 1}, ${id}, '\\x${digest.toString('hex')}', '\\x${chain.toString('hex')}')`;
  });
  await trail.tamper(
    'TRUNCATE audit_seals',
    ...(values.length === 0 ? [] : [`INSERT INTO audit_seals VALUES ${values.join(', ')}`]),
  );
}

/** A copy of an entry under another id. */
export function copyOf(id: number, newId: number): string {
  const columns =
    'recorded_at, source, action, outcome, record_type, record_ids, record_count, patient_ids, fields, operation, ' +
    'code, actor_kind, actor_user_id, actor_role, actor_name, session_id, address, user_agent, request_id, ' +
    'database_role, attested_at, attestation, transaction_id';
  return `INSERT INTO audit_entries (id, ${columns}) OVERRIDING SYSTEM VALUE
    SELECT ${newId}, ${columns} FROM audit_entries WHERE id = ${id}`;
}
