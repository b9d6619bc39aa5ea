import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAuditKeySet, readAuditKeys, type AuditKey } from '../src/audit-keys.js';
import type { Origin } from '../src/audit-entry.js';

/** A new key, as a service reads it from its file. */
export function newAuditKey(): AuditKey {
  const folder = mkdtempSync(path.join(tmpdir(), 'caregraph-audit-key-'));
  try {
    const file = path.join(folder, 'keys.json');
    writeFileSync(file, createAuditKeySet(new Date()));
    const [key] = readAuditKeys(file);
    if (key === undefined) throw new Error('A key set is never empty.');
    return key;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A nurse who acts at a tablet. */
export const nurseOrigin: Origin = {
  actorKind: 'user',
  actorUserId: 7,
  actorRole: 'NURSE',
  actorName: null,
  sessionId: '0c6c1c1e-0000-4000-8000-000000000000',
  address: '192.0.2.7',
  userAgent: 'Ward tablet',
  requestId: 'r',
};
