import { databaseTarget } from '@caregraph/service-kit/database-target';
import type { CallContext, Logger, ServiceName } from '@caregraph/service-kit';
import { Pool } from 'pg';
import { readAuditKeys } from './audit-keys.js';
import { createAuditRecorder, type AuditRecorder } from './audit-recorder.js';
import type { AuditSettings } from './audit-settings.js';
import { createEntryWriter } from './entry-writer.js';
import { startSealer } from './sealer.js';

/** The audit trail of one service, in its own database. */
export interface AuditTrail {
  /** The recorder of one request. */
  recorderFor(call: CallContext): AuditRecorder;
  /** Seals what is left, and lets go of the database. */
  close(): Promise<void>;
}

export interface AuditTrailOptions {
  readonly service: ServiceName;
  readonly databaseUrl: string;
  readonly settings: AuditSettings;
  readonly logger: Logger;
}

/** Connections of the trail's own, beside those of the service's pool: one writes, one seals and reads. */
const poolSize = 2;

/** Opens the trail. Throws a `StartupError` where its keys cannot be read, or checkpoints not written. */
export function openAuditTrail({ service, databaseUrl, settings, logger }: AuditTrailOptions): AuditTrail {
  const keys = readAuditKeys(settings.AUDIT_KEYS_FILE);
  const key = keys.at(-1);
  if (key === undefined) throw new Error('A key set is never empty.');
  const { connection, schema } = databaseTarget(databaseUrl);
  const pool = new Pool({
    ...connection,
    max: poolSize,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    application_name: `caregraph-${service}-audit`,
  });
  pool.on('error', (err) => {
    logger.warn({ err }, 'a database connection failed');
  });
  const writer = createEntryWriter(pool);
  const sealer = startSealer({
    ...{ service, pool, schema, keys, logger },
    checkpointsDirectory: settings.AUDIT_CHECKPOINTS_DIRECTORY,
    interval: settings.AUDIT_SEAL_INTERVAL_MS,
  });
  return {
    recorderFor: (call) => createAuditRecorder(call, { service, writer, key }),
    async close() {
      await sealer.close();
      await pool.end();
    },
  };
}
