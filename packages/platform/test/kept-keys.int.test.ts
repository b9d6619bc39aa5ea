import { openFieldCipher } from '@caregraph/encryption';
import { StartupError } from '@caregraph/service-kit/startup-error';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createScratchDatabase, sharedDatabase } from '../../../test/cluster.js';
import { ensureAuditFiles } from '../src/audit-files.js';
import { rotateAuditKeys } from '../src/audit-key-rotation.js';
import { ensureMasterKey } from '../src/master-key.js';
import { readSettings, type Settings } from '../src/settings.js';

async function scratchSettings(): Promise<Settings> {
  const folder = await mkdtemp(path.join(tmpdir(), 'caregraph-keys-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return readSettings({ CAREGRAPH_DATA_DIR: folder }, '/');
}

it('makes an audit key where there are no checkpoints yet, and keeps it', async () => {
  const settings = await scratchSettings();
  const file = path.join(settings.dataDirectory, 'audit-keys.json');
  await ensureAuditFiles(settings);
  const made = await readFile(file, 'utf8');
  await ensureAuditFiles(settings);
  expect(await readFile(file, 'utf8')).toBe(made);
});

it.each(['users.20261124T010000Z-0a1b2c3d.000001.jsonl', 'some-key.pem'])(
  'makes no audit key in the place of the one that %s is from, and names the file',
  async (name) => {
    const settings = await scratchSettings();
    const directory = path.join(settings.dataDirectory, 'audit-checkpoints');
    const file = path.join(settings.dataDirectory, 'audit-keys.json');
    await mkdir(directory);
    await writeFile(path.join(directory, name), '');
    for (const make of [ensureAuditFiles, rotateAuditKeys]) {
      const failure: unknown = await make(settings).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StartupError);
      expect(failure).toHaveProperty('message', expect.stringContaining(file));
      expect(existsSync(file)).toBe(false);
    }
    await rm(directory, { recursive: true });
    await ensureAuditFiles(settings);
    expect(existsSync(file)).toBe(true);
  },
);

it('makes a master key where no database has data keys, and none in the place of a lost one', async () => {
  await using patients = await createScratchDatabase('patients', { empty: true });
  await using appointments = await createScratchDatabase('appointments');
  const urls = { users: sharedDatabase('users'), patients, appointments };
  const settings = await scratchSettings();
  const file = path.join(settings.dataDirectory, 'encryption-master-key');
  await ensureMasterKey(settings, urls);
  const ignore = (): undefined => undefined;
  const options = {
    service: 'appointments',
    databaseUrl: appointments.databaseUrl,
    settings: { ENCRYPTION_MASTER_KEY_FILE: file },
    logger: { warn: ignore, error: ignore },
  } as const;
  await (await openFieldCipher(options)).close();
  await rm(file);
  await ensureMasterKey(settings, urls);
  expect(existsSync(file)).toBe(false);
  await expect(openFieldCipher(options)).rejects.toThrow(
    `${file} cannot be read. If it is lost, put it back`,
  );
});
