import { inTransaction } from '@caregraph/service-kit/database-pool';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { EncryptedTable } from './encrypted-columns.js';
import { DecryptionError } from './encrypted-text.js';
import type { FieldCipher } from './field-cipher.js';
import { createPatience } from './patience.js';
import { reencryptionStatements, type ReencryptionStatements } from './reencryption-statements.js';
import { findWriters, type Writer } from './table-writers.js';

/** What is to be re-encrypted, and with what. */
export interface TableReencryption {
  /** Connects as the owner, whose changes of keys leave the records' versions alone. */
  readonly pool: Pool;
  readonly table: EncryptedTable;
  readonly cipher: FieldCipher;
  /** What a value begins with that may stay as it is. */
  readonly finishedPrefix: string;
  /** What the transactions say of themselves, for the audit trail: see `audit_table` in the migrations. */
  readonly changeContext: () => string;
  /** Told how many records have been changed since the beginning, and how many there were to change then. */
  readonly onProgress: (done: number, total: number) => void;
  /** Told who writes to the table where nothing that is left could be changed for a while. */
  readonly onBlocked: (by: readonly Writer[]) => void;
}

/** What became of a table. */
export interface TableOutcome {
  /** How many records were changed. */
  readonly changed: number;
  /** Those with a value that does not decrypt, which was left as it is. The messages hold no value. */
  readonly unreadable: readonly DecryptionError[];
}

/** Most records of one batch, which is one entry of the audit trail. */
const batchRows = 500;
/** Most characters, about, that are in memory at a time. */
const batchLength = 16 * 1024 * 1024;
/** How long to let others finish whose records are locked, in milliseconds. */
const lockedPause = 100;

const countSchema = z.tuple([z.object({ count: z.number() })]);
const recordsSchema = z.array(
  z.looseObject({ id: z.number() }).transform(({ id, ...values }) => ({
    id,
    values: z.record(z.string(), z.string().nullable()).parse(values),
  })),
);
type EncryptedRecord = z.output<typeof recordsSchema>[number];

/**
 * Brings every value of a table under the current key while others read and write, in batches by id. A record that
 * somebody else changes or holds at that moment is left to them, and looked at again. May be killed and run again at
 * any point: each batch is a transaction, and finished values are not touched.
 */
export async function reencryptTable(task: TableReencryption): Promise<TableOutcome> {
  const { pool, table, finishedPrefix, onProgress, onBlocked } = task;
  const statements = reencryptionStatements(table);
  const [{ count: total }] = countSchema.parse((await pool.query(statements.count, [finishedPrefix])).rows);
  // Each look reads the whole table, and mostly there is nothing.
  if (total === 0) return { changed: 0, unreadable: [] };
  const unreadable = new Map<number, DecryptionError>();
  const pauses = createPatience();
  let changed = 0;
  for (;;) {
    let seen = 0;
    const before = changed;
    for (let after = 0; ;) {
      const { rows } = await pool.query(statements.read, [finishedPrefix, after, batchRows, batchLength]);
      const records = recordsSchema.parse(rows);
      const last = records.at(-1);
      if (last === undefined) break;
      after = last.id;
      const readable = records.filter(({ id }) => !unreadable.has(id));
      seen += readable.length;
      changed += await changeBatch(task, statements, readable, unreadable);
      onProgress(Math.min(changed, total), total);
    }
    if (seen === 0) return { changed, unreadable: [...unreadable.values()] };
    if (changed > before) {
      pauses.renew();
      continue;
    }
    await new Promise((resolve) => setTimeout(resolve, lockedPause));
    if (pauses.isExhausted()) onBlocked(await findWriters(pool, table.table));
  }
}

async function changeBatch(
  { pool, table, cipher, changeContext }: TableReencryption,
  statements: ReencryptionStatements,
  records: readonly EncryptedRecord[],
  unreadable: Map<number, DecryptionError>,
): Promise<number> {
  const changes: { record: EncryptedRecord; values: (string | null)[] }[] = [];
  for (const record of records) {
    try {
      changes.push({ record, values: await reencryptRecord(record, table, cipher) });
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error;
      unreadable.set(record.id, error);
    }
  }
  if (changes.length === 0) return 0;
  const columnsRead = statements.columns.map((name) =>
    changes.map(({ record }) => record.values[name] ?? null),
  );
  const columnsWritten = table.columns.map((_, index) => changes.map(({ values }) => values[index] ?? null));
  return inTransaction(pool, 'BEGIN', async (client) => {
    await client.query(
      "SELECT set_config('caregraph.audit_context', $1, true), set_config('caregraph.reencrypting', 'on', true)",
      [changeContext()],
    );
    const { rowCount } = await client.query(statements.change, [
      changes.map(({ record }) => record.id),
      ...columnsRead,
      ...columnsWritten,
    ]);
    return rowCount ?? 0;
  });
}

/** The values of a record as they are to be stored, in the order of the table's columns. */
async function reencryptRecord(
  { id, values }: EncryptedRecord,
  { table, columns }: EncryptedTable,
  cipher: FieldCipher,
): Promise<(string | null)[]> {
  const results: (string | null)[] = [];
  for (const { column, formerColumn } of columns) {
    const place = { table, row: id, column };
    const stored = values[column] ?? null;
    const clear = formerColumn === undefined ? null : (values[formerColumn] ?? null);
    const text = clear ?? (stored === null ? null : await cipher.decrypt(stored, place));
    results.push(text === null ? null : cipher.encrypt(text, place));
  }
  return results;
}
