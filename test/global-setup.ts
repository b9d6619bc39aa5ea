import {
  createScratchCluster,
  databaseNames,
  prepareDatabases,
  runtimeRole,
  serviceNames,
  type DatabaseUrls,
  type ServiceName,
} from '@caregraph/postgres';
import { createAuditKeySet } from '@caregraph/audit-trail/audit-keys';
import { createMasterKey } from '@caregraph/encryption/master-keys';
import { migrate } from '@caregraph/migrations';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';

/** What every test can `inject`. */
export interface TestCluster {
  /** The superuser's URL for the database `postgres`. */
  superuserUrl: string;
  /** The migrated databases that all tests share: add rows of your own, with unique keys. */
  databases: Record<ServiceName, DatabaseUrls>;
}

declare module 'vitest' {
  interface ProvidedContext {
    cluster: TestCluster;
    /** The settings of every service that name files with keys. */
    keySettings: Record<string, string>;
  }
}

/** The passwords of the service roles of the scratch cluster: production refuses any that look made up. */
const rolePasswords = { owner: randomUUID(), runtime: randomUUID() };

/**
 * Starts one PostgreSQL for the whole run, with the three databases migrated, and a pristine copy of each
 * (`template_users` and so on) from which tests make databases of their own.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'caregraph-keys-'));
  const cluster = await createScratchCluster();
  const tearDown = async (): Promise<void> => {
    await cluster.stop();
    await rm(folder, { recursive: true });
  };
  try {
    project.provide('keySettings', await createKeys(folder));
    const databases = await prepareDatabases(cluster, {
      users: rolePasswords,
      patients: rolePasswords,
      appointments: rolePasswords,
    });
    for (const service of serviceNames) {
      const { migrationUrl } = databases[service];
      await migrate({ service, migrationUrl, runtimeRole: runtimeRole(service) });
    }
    await copyDatabases(cluster.superuserUrl('postgres'));
    project.provide('cluster', { superuserUrl: cluster.superuserUrl('postgres'), databases });
    return tearDown;
  } catch (error) {
    await tearDown();
    throw error;
  }
}

/** What the runner makes for `npm start`, in a folder of the tests. */
async function createKeys(folder: string): Promise<Record<string, string>> {
  const auditKeys = join(folder, 'audit-keys.json');
  await writeFile(auditKeys, createAuditKeySet(new Date()));
  const checkpoints = join(folder, 'audit-checkpoints');
  await mkdir(checkpoints);
  const masterKey = join(folder, 'encryption-master-key');
  await writeFile(masterKey, createMasterKey(new Date()), { mode: 0o600 });
  return {
    AUDIT_KEYS_FILE: auditKeys,
    AUDIT_CHECKPOINTS_DIRECTORY: checkpoints,
    // Few tests are about sealing; what the others leave is sealed when their services stop.
    AUDIT_SEAL_INTERVAL_MS: '60000',
    ENCRYPTION_MASTER_KEY_FILE: masterKey,
  };
}

async function copyDatabases(superuserUrl: string): Promise<void> {
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    for (const service of serviceNames) {
      const copy = `template_${service}`;
      await client.query(`CREATE DATABASE ${copy} OWNER ${service}_owner TEMPLATE ${databaseNames[service]}`);
    }
  } finally {
    await client.end();
  }
}
