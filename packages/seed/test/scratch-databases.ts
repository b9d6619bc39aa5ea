import type { ServiceName } from '@caregraph/postgres';
import { Client, type QueryResultRow } from 'pg';
import { createScratchDatabase, type ScratchDatabase } from '../../../test/cluster.js';

/** Three migrated databases that belong to one test alone. */
export interface ScratchDatabases extends Readonly<Record<ServiceName, ScratchDatabase>>, AsyncDisposable {
  /** The rows that a statement answers in one of the databases. */
  query<Row extends QueryResultRow>(service: ServiceName, sql: string): Promise<Row[]>;
}

/** Makes the databases; they are dropped when they go out of scope. */
export async function createScratchDatabases(): Promise<ScratchDatabases> {
  const databases = {
    users: await createScratchDatabase('users'),
    patients: await createScratchDatabase('patients'),
    appointments: await createScratchDatabase('appointments'),
  };
  return {
    ...databases,
    async query<Row extends QueryResultRow>(service: ServiceName, sql: string): Promise<Row[]> {
      const client = new Client({ connectionString: databases[service].superuserUrl });
      await client.connect();
      try {
        return (await client.query<Row>(sql)).rows;
      } finally {
        await client.end();
      }
    },
    async [Symbol.asyncDispose]() {
      for (const database of Object.values(databases)) await database[Symbol.asyncDispose]();
    },
  };
}
