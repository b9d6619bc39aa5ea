import { createWhole, withProcessLock } from '@caregraph/postgres';
import {
  createKeySet,
  keyFromPem,
  parseKeySet,
  rotateKeySet,
  writeKeySet,
} from '@caregraph/users-subgraph/access-token-key-set';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { secretsFile } from './secrets.js';
import type { Settings } from './settings.js';

/** Secrets as they were once kept: with the one key that signed access tokens. */
const secretsWithKey = z.looseObject({ accessTokenPrivateKey: z.string() });

/** The file with the keys that sign access tokens: the one of the settings, or else one in the data directory. */
export function accessTokenKeysFile(settings: Settings): string {
  return settings.accessTokenKeysFile ?? path.join(settings.dataDirectory, 'access-token-keys.json');
}

/**
 * Makes the data directory's file of keys where there is none, of the key that its secrets may still hold. A file that
 * the settings name is somebody else's to make.
 */
export async function ensureAccessTokenKeys(settings: Settings): Promise<void> {
  const file = accessTokenKeysFile(settings);
  if (settings.accessTokenKeysFile !== undefined || existsSync(file)) return;
  const secrets = secretsFile(settings.dataDirectory);
  const former = await readFormerKey(secrets);
  const set = await createKeySet(new Date(), former && keyFromPem(former.accessTokenPrivateKey));
  await createWhole(file, `${JSON.stringify(set, undefined, 2)}\n`);
  if (former === undefined) return;
  // A key that is removed from its file one day must not come back from here.
  const kept = Object.fromEntries(
    Object.entries(former).filter(([name]) => name !== 'accessTokenPrivateKey'),
  );
  await writeFile(`${secrets}.new`, `${JSON.stringify(kept, undefined, 2)}\n`, { mode: 0o600 });
  await rename(`${secrets}.new`, secrets);
}

/**
 * Adds a key to the file, which it makes where there is none; returns what to tell. Of several at once each waits for
 * the one before, so that none takes another's key away.
 */
export async function rotateAccessTokenKeys(settings: Settings, now = new Date()): Promise<string> {
  const file = accessTokenKeysFile(settings);
  await mkdir(path.dirname(file), { recursive: true });
  return withProcessLock(`${file}.rotation`, () => addKey(settings, file, now));
}

async function addKey(settings: Settings, file: string, now: Date): Promise<string> {
  await ensureAccessTokenKeys(settings);
  if (!existsSync(file)) {
    await writeKeySet(file, await createKeySet(now));
    return `Made ${file} with a first key.`;
  }
  const set = await rotateKeySet(parseKeySet(await readFile(file, 'utf8')), now);
  await writeKeySet(file, set);
  const kids = set.keys.map(({ kid }) => kid);
  return `Added the key ${kids.at(-1) ?? ''} to ${file}, which now holds ${kids.length}. It signs new tokens within seconds.`;
}

async function readFormerKey(file: string): Promise<z.output<typeof secretsWithKey> | undefined> {
  if (!existsSync(file)) return undefined;
  return secretsWithKey.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
}
