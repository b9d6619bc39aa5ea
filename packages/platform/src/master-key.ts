import { encryptionSettings } from '@caregraph/encryption/encryption-settings';
import { createMasterKey } from '@caregraph/encryption/master-keys';
import { createWhole } from '@caregraph/postgres';
import { databaseTarget } from '@caregraph/service-kit/database-target';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import type { Databases } from './databases.js';
import type { Settings } from './settings.js';

/** The settings that hold or name the master key. */
export const masterKeySettings = Object.keys(encryptionSettings);

/** The master key of what encrypts clinical text: the one of the settings, or else a file in the data directory. */
export function masterKeyEnvironment(settings: Settings): Record<string, string> {
  return settings.masterKey === undefined
    ? { ENCRYPTION_MASTER_KEY_FILE: settings.masterKeyFile ?? generatedFile(settings) }
    : { ENCRYPTION_MASTER_KEY: settings.masterKey };
}

/**
 * Makes the data directory's master key where there is none and no database has a key that wants the old one; what the
 * settings name is somebody else's to make.
 */
export async function ensureMasterKey(settings: Settings, urls: Databases['urls']): Promise<void> {
  const file = generatedFile(settings);
  if (settings.masterKeyFile !== undefined || settings.masterKey !== undefined || existsSync(file)) return;
  // One that is lost is told by whoever needs it: a new one in its place would only hide that.
  for (const service of ['patients', 'appointments'] as const) {
    if (await hasDataKeys(urls[service].migrationUrl)) return;
  }
  await mkdir(settings.dataDirectory, { recursive: true });
  await createWhole(file, createMasterKey(new Date()));
}

function generatedFile({ dataDirectory }: Settings): string {
  return path.join(dataDirectory, 'encryption-master-key');
}

async function hasDataKeys(migrationUrl: string): Promise<boolean> {
  const client = new Client({
    ...databaseTarget(migrationUrl).connection,
    connectionTimeoutMillis: 10_000,
    query_timeout: 10_000,
  });
  await client.connect();
  try {
    const table = await client.query("SELECT WHERE to_regclass('data_keys') IS NOT NULL");
    if (table.rowCount === 0) return false;
    return (await client.query('SELECT FROM data_keys LIMIT 1')).rowCount === 1;
  } finally {
    await client.end();
  }
}
