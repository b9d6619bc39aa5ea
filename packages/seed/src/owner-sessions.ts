import { serviceNames, type DatabaseUrls, type ServiceName } from '@caregraph/postgres';
import { databaseTarget } from '@caregraph/service-kit/database-target';
import { Client } from 'pg';
import { copyRows } from './copy-rows.js';
import { encryptRows, type RowEncryption } from './encrypted-rows.js';
import type { DataSet } from './table-rows.js';

/** A connection to each database as its owner. */
export type OwnerSessions = Readonly<Record<ServiceName, Client>>;

/** How to reach the three databases. */
export type Databases = Readonly<Record<ServiceName, Pick<DatabaseUrls, 'migrationUrl'>>>;

/**
 * Runs `work` in a transaction of each database. They are committed one after the other in this order, all or
 * none, unless we are killed between two commits.
 */
export async function inTransactions<Result>(
  databases: Databases,
  commitOrder: readonly ServiceName[],
  work: (sessions: OwnerSessions) => Promise<Result>,
): Promise<Result> {
  return withSessions(databases, async (sessions) => {
    for (const service of serviceNames) await sessions[service].query('BEGIN');
    const result = await work(sessions);
    for (const service of commitOrder) await sessions[service].query('COMMIT');
    return result;
  });
}

/** How long a server may take to take a connection, in milliseconds. Loading itself may take long. */
const connectTimeout = 10_000;

/** Runs `work` over connections of its own; what it has not committed when it ends is undone. */
export async function withSessions<Result>(
  databases: Databases,
  work: (sessions: OwnerSessions) => Promise<Result>,
): Promise<Result> {
  const open = (service: ServiceName): Client => {
    const client = new Client({
      ...databaseTarget(databases[service].migrationUrl).connection,
      application_name: 'caregraph-seed',
      connectionTimeoutMillis: connectTimeout,
    });
    // A connection that breaks while nothing runs would otherwise end the process; the next query reports it.
    client.on('error', () => undefined);
    return client;
  };
  const sessions = { users: open('users'), patients: open('patients'), appointments: open('appointments') };
  const clients = Object.values(sessions);
  try {
    await Promise.all(clients.map((client) => client.connect()));
    return await work(sessions);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

/** Tells how many of a table's rows have been handed to the server. */
export type TableProgress = (table: string, written: number, total: number) => void;

/** Writes all rows, encrypted where they are to be: into the three databases at once, into the tables of one in their order. */
export async function writeDataSet(
  sessions: OwnerSessions,
  dataSet: DataSet,
  encryption: RowEncryption,
  onProgress: TableProgress = () => undefined,
): Promise<void> {
  const write = async (service: ServiceName): Promise<void> => {
    for (const clear of dataSet[service]) {
      const rows = service === 'users' ? clear : encryptRows(clear, encryption[service]);
      await copyRows(sessions[service], rows, (written) => {
        onProgress(rows.table, written, rows.count);
      });
    }
  };
  await Promise.all(serviceNames.map(write));
}
