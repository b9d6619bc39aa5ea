import { createAuditKeySet } from '@caregraph/audit-trail/audit-keys';
import { createWhole } from '@caregraph/postgres';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Settings } from './settings.js';

/** The settings of every service that name what its audit trail needs outside the database. */
export function auditEnvironment(
  settings: Settings,
): Record<'AUDIT_KEYS_FILE' | 'AUDIT_CHECKPOINTS_DIRECTORY', string> {
  return {
    AUDIT_KEYS_FILE: settings.auditKeysFile ?? path.join(settings.dataDirectory, 'audit-keys.json'),
    AUDIT_CHECKPOINTS_DIRECTORY:
      settings.auditCheckpointsDirectory ?? path.join(settings.dataDirectory, 'audit-checkpoints'),
  };
}

/** Makes the data directory's key and folder where there are none; what the settings name is somebody else's to make. */
export async function ensureAuditFiles(settings: Settings): Promise<void> {
  const file = path.join(settings.dataDirectory, 'audit-keys.json');
  if (settings.auditKeysFile === undefined && !existsSync(file)) {
    await createWhole(file, createAuditKeySet(new Date()));
  }
  if (settings.auditCheckpointsDirectory === undefined) {
    await mkdir(path.join(settings.dataDirectory, 'audit-checkpoints'), { recursive: true, mode: 0o700 });
  }
}
