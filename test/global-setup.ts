import {
  createScratchCluster,
  databaseNames,
  prepareDatabases,
  runtimeRole,
  serviceNames,
  type DatabaseUrls,
  type ServiceName,
} from '@caregraph/postgres';
import { migrate } from '@caregraph/migrations';
import { randomUUID } from 'node:crypto';
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
  }
}

/** The passwords of the service roles of the scratch cluster: production refuses any that look made up. */
const rolePasswords = { owner: randomUUID(), runtime: randomUUID() };

/**
 * Starts one PostgreSQL for the whole run, with the three databases migrated, and a pristine copy of each
 * (`template_users` and so on) from which tests make databases of their own.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await createScratchCluster();
  try {
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
    return cluster.stop;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
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
