import { openDatabasePool } from '@caregraph/service-kit/database-pool';
import { databaseTarget } from '@caregraph/service-kit/database-target';
import type { CallContext, Logger, Metrics, ServiceName } from '@caregraph/service-kit';
import type { Pool } from 'pg';
import { createAuditLog, type AuditLog } from './audit-log.js';
import { createAuditRecorder, type AuditRecorder } from './audit-recorder.js';
import type { AuditSettings } from './audit-settings.js';
import type { Statement } from './audit-log-statement.js';
import { createEntryWriter } from './entry-writer.js';
import { followAuditKeys } from './follow-audit-keys.js';
import { insertStatement } from './insert-entries.js';
import { createPolicyRecord } from './policy-change.js';
import { startSealer } from './sealer.js';

/** The audit trail of one service, in its own database. */
export interface AuditTrail {
  /** The recorder of one request. */
  recorderFor(call: CallContext): AuditRecorder;
  /** What there is to read of it. */
  readonly log: AuditLog;
  /** Writes what waits, seals what is left, and lets go of the database. */
  close(): Promise<void>;
}

export interface AuditTrailOptions {
  readonly service: ServiceName;
  readonly databaseUrl: string;
  readonly settings: AuditSettings;
  /** What stands for the access policy that the service enforces: a change of it is an entry. */
  readonly policyDigest: string;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/**
 * Connections of the trail's own, beside those of the service's pool: one writes, so that nothing that somebody reads
 * can keep an answer waiting, and two seal and read.
 */
const writingPoolSize = 1;
const poolSize = 2;

/** Opens the trail. Throws a `StartupError` where its keys cannot be read, or checkpoints not written. */
export function openAuditTrail({
  service,
  settings,
  logger,
  metrics,
  ...options
}: AuditTrailOptions): AuditTrail {
  const keys = followAuditKeys(settings.AUDIT_KEYS_FILE, logger);
  const key = keys.signing;
  const { schema } = databaseTarget(options.databaseUrl);
  const open = (max: number): Pool =>
    openDatabasePool({
      url: options.databaseUrl,
      applicationName: `caregraph-${service}-audit`,
      ...{ max, logger },
    });
  const pool = open(poolSize);
  const writingPool = open(writingPoolSize);
  const run = async <Row extends object>(from: Pool, statement: Statement): Promise<Row[]> => {
    metrics.countStatement(statement.text);
    return (await from.query<Row>(statement)).rows;
  };
  const recordPolicy = createPolicyRecord({
    pool: writingPool,
    ...{ service, key, policyDigest: options.policyDigest },
  });
  const writer = createEntryWriter(async (entries) => {
    // What a policy allows is given out only when the trail knows of the policy, also where the start could not say so.
    await recordPolicy();
    const startedAt = performance.now();
    await run(writingPool, insertStatement(entries));
    metrics.observeAuditWrite((performance.now() - startedAt) / 1_000);
  });
  const sealer = startSealer({
    ...{ service, pool, schema, key, keys: keys.all, metrics, logger },
    checkpointsDirectory: settings.AUDIT_CHECKPOINTS_DIRECTORY,
    interval: settings.AUDIT_SEAL_INTERVAL_MS,
  });
  const started = recordPolicy().catch((err: unknown) => {
    logger.warn({ err }, 'the access policy could not be recorded yet');
  });
  return {
    recorderFor: (call) => createAuditRecorder(call, { service, writer, key }),
    log: createAuditLog((statement) => run(pool, statement)),
    async close() {
      await started;
      await writer.settled();
      await sealer.close();
      keys.stop();
      await Promise.all([writingPool.end(), pool.end()]);
    },
  };
}
