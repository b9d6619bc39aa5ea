import { encryptionSettings } from '@caregraph/encryption/encryption-settings';
import { createMasterKey } from '@caregraph/encryption/master-keys';
import { createWhole } from '@caregraph/postgres';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Settings } from './settings.js';

/** The settings that hold or name the master key. */
export const masterKeySettings = Object.keys(encryptionSettings);

/** The master key of what encrypts clinical text: the one of the settings, or else a file in the data directory. */
export function masterKeyEnvironment(settings: Settings): Record<string, string> {
  return settings.masterKey === undefined
    ? { ENCRYPTION_MASTER_KEY_FILE: settings.masterKeyFile ?? generatedFile(settings) }
    : { ENCRYPTION_MASTER_KEY: settings.masterKey };
}

/** Makes the data directory's master key where there is none; what the settings name is somebody else's to make. */
export async function ensureMasterKey(settings: Settings): Promise<void> {
  const file = generatedFile(settings);
  if (settings.masterKeyFile !== undefined || settings.masterKey !== undefined || existsSync(file)) return;
  await mkdir(settings.dataDirectory, { recursive: true });
  await createWhole(file, createMasterKey(new Date()));
}

function generatedFile({ dataDirectory }: Settings): string {
  return path.join(dataDirectory, 'encryption-master-key');
}
