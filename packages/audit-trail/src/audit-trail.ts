import { databaseTarget } from '@caregraph/service-kit/database-target';
import type { CallContext, Logger, ServiceName } from '@caregraph/service-kit';
import { Pool } from 'pg';
import { readAuditKeys } from './audit-keys.js';
import { createAuditRecorder, type AuditRecorder } from './audit-recorder.js';
import type { AuditSettings } from './audit-settings.js';
import { createEntryWriter } from './entry-writer.js';

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

/** Opens the trail. Throws a `StartupError` where its keys cannot be read. */
export function openAuditTrail({ service, databaseUrl, settings, logger }: AuditTrailOptions): AuditTrail {
  const key = readAuditKeys(settings.AUDIT_KEYS_FILE).at(-1);
  if (key === undefined) throw new Error('A key set is never empty.');
  const pool = new Pool({
    ...databaseTarget(databaseUrl).connection,
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
  return {
    recorderFor: (call) => createAuditRecorder(call, { service, writer, key }),
    close: () => pool.end(),
  };
}
