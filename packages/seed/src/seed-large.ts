import type { EncryptionSettings } from '@caregraph/encryption/encryption-settings';
import { serviceNames } from '@caregraph/postgres';
import { escapeIdentifier } from 'pg';
import type { DataSetOptions } from './command-line.js';
import { demoPassword } from './demo-accounts.js';
import { withRowEncryption } from './encrypted-rows.js';
import { hashPassword } from './hash-password.js';
import { largeData, staffFor } from './large-data.js';
import {
  inTransactions,
  withSessions,
  writeDataSet,
  type Databases,
  type TableProgress,
} from './owner-sessions.js';
import { reserveIds } from './reserve-ids.js';
import type { DataSet } from './table-rows.js';

/**
 * Adds a large data set to what is there, in one transaction per database, and brings the planner's statistics
 * up to date. Returns how many rows each table has got. All new accounts have the demo password.
 *
 * @throws DataSizeError before anything is written, when there are more appointments than fit
 */
export async function seedLarge(
  databases: Databases,
  encryption: EncryptionSettings,
  options: DataSetOptions,
  { onProgress, passwordHashCost = 12 }: { onProgress?: TableProgress; passwordHashCost?: number } = {},
): Promise<{ table: string; count: number }[]> {
  // The sizes are checked before ids are used up.
  largeData(options, { users: 1, patients: 1, appointments: 1 }, '');
  const passwordHash = await hashPassword(demoPassword, passwordHashCost);
  const firstIds = await withSessions(databases, async ({ users, patients, appointments }) => ({
    users: await reserveIds(users, 'users', options.doctors + staffFor(options.doctors)),
    patients: await reserveIds(patients, 'patients', options.patients),
    appointments: await reserveIds(appointments, 'appointments', options.appointments),
  }));
  const dataSet = largeData(options, firstIds, passwordHash);
  await withRowEncryption(databases, encryption, (ciphers) =>
    inTransactions(databases, serviceNames, (sessions) =>
      writeDataSet(sessions, dataSet, ciphers, onProgress),
    ),
  );
  await analyze(databases, dataSet);
  return serviceNames.flatMap((service) => dataSet[service].map(({ table, count }) => ({ table, count })));
}

async function analyze(databases: Databases, dataSet: DataSet): Promise<void> {
  await withSessions(databases, async (sessions) => {
    for (const service of serviceNames) {
      for (const { table } of dataSet[service]) {
        // VACUUM also moves what was loaded from the search index's waiting list into the index itself.
        await sessions[service].query(`VACUUM (ANALYZE) ${escapeIdentifier(table)}`);
      }
    }
  });
}
