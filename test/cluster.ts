import { randomUUID } from 'node:crypto';
import { prepareDatabase, type DatabaseUrls, type ServiceName } from '@caregraph/postgres';
import { Client } from 'pg';
import { inject } from 'vitest';
import type {} from './global-setup.js';

/** A database that belongs to one test alone. */
export interface ScratchDatabase extends DatabaseUrls, AsyncDisposable {
  /** Its name in the cluster. */
  name: string;
  /** The superuser's URL for it. */
  superuserUrl: string;
}

/** The URLs of the migrated database of `service` that all tests share. */
export function sharedDatabase(service: ServiceName): DatabaseUrls {
  return inject('cluster').databases[service];
}

/** The settings of every service that name files with keys: those that all tests share. */
export function keySettings(): Readonly<Record<string, string>> {
  return inject('keySettings');
}

/** The superuser's URL for a database of the tests' cluster. */
export function superuserUrl(database = 'postgres'): string {
  return forDatabase(inject('cluster').superuserUrl, database);
}

/**
 * Makes a database for the roles of `service`: with its tables, or empty with `{ empty: true }`. It is
 * dropped, connections and all, when it goes out of scope: `await using database = await …`.
 */
export async function createScratchDatabase(
  service: ServiceName,
  { empty = false }: { empty?: boolean } = {},
): Promise<ScratchDatabase> {
  const name = `${service}_${randomUUID().replaceAll('-', '')}`;
  const template = empty ? 'template0' : `template_${service}`;
  await asSuperuser((client) => prepareDatabase(client, service, name, template));
  const shared = sharedDatabase(service);
  return {
    name,
    databaseUrl: forDatabase(shared.databaseUrl, name),
    migrationUrl: forDatabase(shared.migrationUrl, name),
    superuserUrl: superuserUrl(name),
    [Symbol.asyncDispose]: () =>
      asSuperuser(async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

async function asSuperuser(work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: superuserUrl() });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function forDatabase(url: string, database: string): string {
  const copy = new URL(url);
  copy.pathname = `/${database}`;
  return copy.href;
}
