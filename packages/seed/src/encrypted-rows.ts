import {
  encryptedTables,
  openFieldCipher,
  type EncryptedTable,
  type FieldCipher,
} from '@caregraph/encryption';
import type { EncryptionSettings } from '@caregraph/encryption/encryption-settings';
import type { Databases } from './owner-sessions.js';
import type { CopyValue, TableRows } from './table-rows.js';

/** Encrypts the rows of the two databases that hold clinical text. */
export interface RowEncryption {
  readonly patients: FieldCipher;
  readonly appointments: FieldCipher;
}

/** Runs `work` with ciphers of migrated databases. Throws a `StartupError` where the master key cannot be used. */
export async function withRowEncryption<Result>(
  databases: Databases,
  settings: EncryptionSettings,
  work: (encryption: RowEncryption) => Promise<Result>,
): Promise<Result> {
  const open = (service: keyof RowEncryption): Promise<FieldCipher> =>
    openFieldCipher({
      ...{ service, settings, databaseUrl: databases[service].migrationUrl },
      // What matters fails the next value.
      logger: { warn: () => undefined, error: () => undefined },
      // Making rows keeps this process busy for longer at a time than a service ever is.
      following: { interval: 2_000, patience: 600_000, journey: 600_000 },
    });
  const patients = await open('patients');
  try {
    const appointments = await open('appointments');
    try {
      return await work({ patients, appointments });
    } finally {
      await appointments.close();
    }
  } finally {
    await patients.close();
  }
}

/** The rows as they are stored: what a table has encrypted, and elsewhere than in clear where it does not fit there. */
export function encryptRows(rows: TableRows, cipher: Pick<FieldCipher, 'encrypt'>): TableRows {
  const encrypted = Object.values(encryptedTables).find(({ table }) => table === rows.table);
  return encrypted === undefined ? rows : encryptTable(rows, encrypted, cipher);
}

function encryptTable(
  { table, columns, count, rows }: TableRows,
  encrypted: EncryptedTable,
  cipher: Pick<FieldCipher, 'encrypt'>,
): TableRows {
  const idIndex = columns.indexOf('id');
  const targets = columns.map(
    (name) =>
      encrypted.columns.find(({ column, formerColumn }) => column === name || formerColumn === name)?.column,
  );
  function* encryptedRows(): Generator<readonly CopyValue[], void> {
    for (const row of rows) {
      const id = Number(row[idIndex]);
      yield row.map((value, index) => {
        const column = targets[index];
        return column === undefined || value === null
          ? value
          : cipher.encrypt(String(value), { table, row: id, column });
      });
    }
  }
  return {
    table,
    count,
    columns: columns.map((name, index) => targets[index] ?? name),
    rows: encryptedRows(),
  };
}
