import { parseKeySet } from '@caregraph/users-subgraph/access-token-key-set';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import {
  accessTokenKeysFile,
  ensureAccessTokenKeys,
  rotateAccessTokenKeys,
} from '../src/access-token-keys.js';
import { loadSecrets, secretsFile } from '../src/secrets.js';
import { readSettings } from '../src/settings.js';

async function settingsOfFolder(environment: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'caregraph-data-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return readSettings({ CAREGRAPH_DATA_DIR: folder, ...environment }, folder);
}

async function readKeys(file: string) {
  return parseKeySet(await readFile(file, 'utf8')).keys;
}

it('makes a key once, in a file that only its owner can read', async () => {
  const settings = await settingsOfFolder();
  await ensureAccessTokenKeys(settings);
  const file = accessTokenKeysFile(settings);
  const made = await readKeys(file);
  expect(made).toHaveLength(1);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await ensureAccessTokenKeys(settings);
  expect(await readKeys(file)).toEqual(made);
});

it('takes over the key that secrets once held, which do not keep it', async () => {
  const settings = await settingsOfFolder();
  const secrets = await loadSecrets(settings.dataDirectory);
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const file = secretsFile(settings.dataDirectory);
  await writeFile(file, JSON.stringify({ ...secrets, accessTokenPrivateKey: pem }));
  await ensureAccessTokenKeys(settings);
  const [key] = await readKeys(accessTokenKeysFile(settings));
  expect(createPrivateKey({ key: { ...key }, format: 'jwk' }).equals(privateKey)).toBe(true);
  expect(await readFile(file, 'utf8')).not.toContain('PRIVATE KEY');
  expect(await loadSecrets(settings.dataDirectory)).toEqual(secrets);
});

it('rotates by adding a key', async () => {
  const settings = await settingsOfFolder();
  const file = accessTokenKeysFile(settings);
  await ensureAccessTokenKeys(settings);
  const before = await readKeys(file);
  const told = await rotateAccessTokenKeys(settings);
  const after = await readKeys(file);
  expect(after.slice(0, 1)).toEqual(before);
  expect(told).toContain(after[1]?.kid);
});

it.each<Readonly<Record<string, string>>>([{}, { ACCESS_TOKEN_KEYS_FILE: 'mounted/keys.json' }])(
  'keeps the key of each rotation, however many rotate at once, with %j',
  async (environment) => {
    const settings = await settingsOfFolder(environment);
    await Promise.all(Array.from({ length: 5 }, () => rotateAccessTokenKeys(settings)));
    const made = Object.keys(environment).length === 0 ? 6 : 5;
    expect(await readKeys(accessTokenKeysFile(settings))).toHaveLength(made);
  },
);

it('leaves a file that the settings name to whoever named it, until it is told to rotate', async () => {
  const settings = await settingsOfFolder({ ACCESS_TOKEN_KEYS_FILE: 'mounted/keys.json' });
  const file = path.join(settings.dataDirectory, 'mounted', 'keys.json');
  expect(accessTokenKeysFile(settings)).toBe(file);
  await ensureAccessTokenKeys(settings);
  expect(existsSync(file)).toBe(false);
  await rotateAccessTokenKeys(settings);
  expect(await readKeys(file)).toHaveLength(1);
});
