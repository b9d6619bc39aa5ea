import { afterAll, beforeAll } from 'vitest';
import { createScratchDatabase, type ScratchDatabase } from '../../../test/cluster.js';
import { migrate, type Service } from '../src/index.js';
import { connect, type Connection } from './connect.js';

/** Makes a database for one test and migrates it. */
export async function migratedDatabase(service: Service): Promise<ScratchDatabase> {
  const database = await createScratchDatabase(service, { empty: true });
  await migrate({ service, migrationUrl: database.migrationUrl, runtimeRole: `${service}_service` });
  return database;
}

/** Makes a test out of what is to be done as a runtime role. */
export type AsRuntimeRole = (work: (connection: Connection) => Promise<void>) => () => Promise<void>;

/**
 * Migrates a database for the tests of one file. Each of them works in it as the service's runtime role, in a
 * transaction that is not committed, and so finds it without rows.
 */
export function databaseOfThisFile(service: Service): AsRuntimeRole {
  const databases: ScratchDatabase[] = [];
  beforeAll(async () => {
    databases.push(await migratedDatabase(service));
  });
  afterAll(async () => {
    for (const database of databases) await database[Symbol.asyncDispose]();
  });
  return (work) => async () => {
    await using connection = await connect(databases[0]?.databaseUrl ?? '');
    await connection.query('BEGIN');
    await work(connection);
  };
}
