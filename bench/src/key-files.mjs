import { createAuditKeySet } from '@caregraph/audit-trail/audit-keys';
import { createMasterKey } from '@caregraph/encryption/master-keys';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * The settings that name the keys of trail and encryption. The files stay as long as the data that they are for: they
 * are made where there are none.
 *
 * @param {string} directory
 */
export async function keyFileSettings(directory) {
  const settings = {
    AUDIT_KEYS_FILE: path.join(directory, 'audit-keys.json'),
    ENCRYPTION_MASTER_KEY_FILE: path.join(directory, 'encryption-master-key'),
  };
  await mkdir(directory, { recursive: true });
  await writeUnlessThere(settings.AUDIT_KEYS_FILE, createAuditKeySet(new Date()));
  await writeUnlessThere(settings.ENCRYPTION_MASTER_KEY_FILE, createMasterKey(new Date()));
  return settings;
}

/** @param {string} file @param {string} text */
async function writeUnlessThere(file, text) {
  if (!existsSync(file)) await writeFile(file, text, { mode: 0o600 });
}
