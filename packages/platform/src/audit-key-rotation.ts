import { createAuditKeySet, rotateAuditKeySet } from '@caregraph/audit-trail/audit-keys';
import { withProcessLock } from '@caregraph/postgres';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { auditEnvironment, refuseToReplaceAuditKeys } from './audit-files.js';
import type { Settings } from './settings.js';

/**
 * Adds a key to the file of the audit keys, which it makes where there never was one; returns what to tell. Of several
 * at once each waits for the one before, so that none takes another's key away. Throws a `StartupError` where the file
 * is lost.
 */
export async function rotateAuditKeys(settings: Settings, now = new Date()): Promise<string> {
  const { AUDIT_KEYS_FILE: file } = auditEnvironment(settings);
  await mkdir(path.dirname(file), { recursive: true });
  return withProcessLock(`${file}.rotation`, async () => {
    if (!existsSync(file)) {
      await refuseToReplaceAuditKeys(settings);
      await replaceWhole(file, createAuditKeySet(now));
      return `Made ${file} with a first key.`;
    }
    await replaceWhole(file, rotateAuditKeySet(await readFile(file, 'utf8'), now));
    return (
      `Added a key to ${file}: it vouches for entries and signs checkpoints within seconds. ` +
      'Keep the old ones, without which nobody can verify what they vouched for.'
    );
  });
}

/** Nobody reads half of it; only its owner may read it. */
async function replaceWhole(file: string, text: string): Promise<void> {
  const partial = `${file}.${randomUUID()}`;
  await writeFile(partial, text, { mode: 0o600, flush: true });
  await rename(partial, file);
}
