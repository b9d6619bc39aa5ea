import { randomUUID } from 'node:crypto';
import { noClient, type ServiceName } from '@caregraph/service-kit';
import { inTransaction } from '@caregraph/service-kit/database-pool';
import type { Pool } from 'pg';
import { originOf } from './audit-entry.js';
import type { AuditKey } from './audit-keys.js';
import { insertStatement } from './insert-entries.js';
import { writeEntry, writeOrigin } from './written-entry.js';

export interface PolicyChangeOptions {
  readonly pool: Pool;
  readonly service: ServiceName;
  readonly key: AuditKey;
  /** What stands for the access policy that the service enforces, in at most 100 characters. */
  readonly policyDigest: string;
}

/**
 * Makes sure, the first time that it succeeds, that the trail's latest policy is the one of this process: adds an
 * entry where the last one names another, or where there is none. Of several processes that start at once, one adds
 * it. Called again, it does nothing: while replicas are replaced one by one, those that started before go on answering
 * under the former policy after the entry of the new one, and a replica that starts with the former adds one again.
 */
export function createPolicyRecord(options: PolicyChangeOptions): () => Promise<void> {
  let recorded: Promise<void> | null = null;
  return () => {
    recorded ??= recordPolicyChange(options).catch((error: unknown) => {
      recorded = null;
      throw error;
    });
    return recorded;
  };
}

async function recordPolicyChange({ pool, service, key, policyDigest }: PolicyChangeOptions): Promise<void> {
  const viewer = { kind: 'service', name: service } as const;
  const entry = writeEntry(
    service,
    { action: 'POLICY_CHANGE', outcome: 'SUCCESS', code: policyDigest },
    writeOrigin(originOf({ viewer, client: noClient, requestId: randomUUID() })),
    key,
  );
  await inTransaction(pool, 'BEGIN', async (client) => {
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('caregraph policy change'))`);
    const { rows } = await client.query<{ code: string }>(
      `/* audit */ SELECT code FROM audit_entries WHERE action = 'policy-change'
        ORDER BY recorded_at DESC, id DESC LIMIT 1`,
    );
    if (rows[0]?.code !== policyDigest) await client.query(insertStatement([entry]));
  });
}
