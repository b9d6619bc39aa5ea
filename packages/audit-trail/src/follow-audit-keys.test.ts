import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLogger } from '@caregraph/service-kit';
import { afterAll, expect, it } from 'vitest';
import { createAuditKeySet, rotateAuditKeySet } from './audit-keys.js';
import { followAuditKeys } from './follow-audit-keys.js';

const folder = mkdtempSync(path.join(tmpdir(), 'caregraph-audit-keys-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function follow(name: string) {
  const file = path.join(folder, name);
  writeFileSync(file, createAuditKeySet(new Date()));
  const keys = followAuditKeys(file, createLogger('users', 'silent'));
  return {
    file,
    keys,
    [Symbol.dispose]: () => {
      keys.stop();
    },
  };
}

it('signs with a new key once it is in the file, and keeps the old ones', () => {
  using followed = follow('rotated');
  const { file, keys } = followed;
  const first = keys.signing.id;
  const attested = keys.signing.attest('text');
  const now = new Date();
  writeFileSync(file, rotateAuditKeySet(readFileSync(file, 'utf8'), now));
  writeFileSync(file, rotateAuditKeySet(readFileSync(file, 'utf8'), now));
  keys.reload();
  expect(keys.all).toHaveLength(3);
  expect(new Set(keys.all.map(({ id }) => id)).size).toBe(3);
  expect(keys.signing.id).toBe(keys.all[2]?.id);
  expect(keys.all[0]?.id).toBe(first);
  expect(keys.all[0]?.attest('text')).toEqual(attested);
  expect(keys.signing.attest('text')).not.toEqual(attested);
});

it('keeps the keys that it has while the file holds none', () => {
  using followed = follow('broken');
  const { file, keys } = followed;
  const { id } = keys.signing;
  for (const text of ['', '{"keys": []}', '{"keys"']) {
    writeFileSync(file, text);
    keys.reload();
    expect(keys.signing.id).toBe(id);
  }
});
