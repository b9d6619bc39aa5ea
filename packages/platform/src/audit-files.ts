import { createAuditKeySet } from '@caregraph/audit-trail/audit-keys';
import { createWhole } from '@caregraph/postgres';
import { StartupError } from '@caregraph/service-kit/startup-error';
import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
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

/**
 * Makes the data directory's key and folder where there are none; what the settings name is somebody else's to make.
 * Throws a `StartupError` where the key was there once.
 */
export async function ensureAuditFiles(settings: Settings): Promise<void> {
  const file = path.join(settings.dataDirectory, 'audit-keys.json');
  if (settings.auditKeysFile === undefined && !existsSync(file)) {
    await refuseToReplaceAuditKeys(settings);
    await createWhole(file, createAuditKeySet(new Date()));
  }
  if (settings.auditCheckpointsDirectory === undefined) {
    await mkdir(path.join(settings.dataDirectory, 'audit-checkpoints'), { recursive: true, mode: 0o700 });
  }
}

/**
 * Throws a `StartupError` where there are checkpoints, or public keys beside them: the key that signed them is lost, and
 * with a new one in its place the trail would never verify again.
 */
export async function refuseToReplaceAuditKeys(settings: Settings): Promise<void> {
  const { AUDIT_KEYS_FILE: file, AUDIT_CHECKPOINTS_DIRECTORY: directory } = auditEnvironment(settings);
  if (!existsSync(directory)) return;
  const names = await readdir(directory);
  if (!names.some((name) => /\.(jsonl|pem)$/.test(name))) return;
  throw new StartupError(
    `The file of the audit keys, ${file}, is missing, and ${directory} holds checkpoints that were signed with them. ` +
      'Put the file back. If it is lost for good, move the checkpoints aside and keep them: a new key begins new ones.',
  );
}
