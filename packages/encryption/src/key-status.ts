import { openDatabasePool } from '@caregraph/service-kit/database-pool';
import { z } from 'zod';
import { encryptedTables, type EncryptedService } from './encrypted-columns.js';
import { encryptedPrefix } from './encrypted-text.js';
import { mostBlocks } from './key-allowance.js';

/** The state of one data key. */
export interface KeyStatus {
  readonly id: string;
  readonly masterKeyId: string;
  readonly createdAt: Date;
  readonly retiredAt: Date | null;
  /** How much of what it may be used for it has been, at most; from 0 to 1. Grows no more once it is retired. */
  readonly worn: number;
  /** How many values are encrypted with it. */
  readonly values: number;
}

/** The keys of a database, the newest first, and what is encrypted with none. */
export interface EncryptionStatus {
  readonly keys: readonly KeyStatus[];
  readonly clearValues: number;
  /** Values under keys that there are not. */
  readonly strayValues: number;
}

const instant = z.string().transform((text) => new Date(`${text}Z`));
const keysSchema = z.array(
  z.object({
    id: z.string(),
    master_key_id: z.string(),
    created_at: instant,
    retired_at: instant.nullable(),
    blocks: z.coerce.number(),
  }),
);
const countsSchema = z.array(z.object({ key: z.string().nullable(), count: z.number() }));

/** Whether a database has the table of keys: not before its migrations are applied. */
export async function hasKeyTable(migrationUrl: string): Promise<boolean> {
  const pool = openDatabasePool({ url: migrationUrl, applicationName: 'caregraph-keys', max: 1 });
  try {
    const { rowCount } = await pool.query("SELECT WHERE to_regclass('data_keys') IS NOT NULL");
    return rowCount === 1;
  } finally {
    await pool.end();
  }
}

/** Counts the values of a service under each of its data keys; reads the whole table. */
export async function readEncryptionStatus(
  service: EncryptedService,
  migrationUrl: string,
): Promise<EncryptionStatus> {
  const pool = openDatabasePool({
    ...{ url: migrationUrl, applicationName: 'caregraph-keys' },
    ...{ max: 1, statementTimeout: false },
  });
  try {
    // A key's blocks end where those of the next one begin.
    const keys = await pool.query(
      `SELECT id, master_key_id, created_at::text, retired_at::text,
        COALESCE(lead(first_block) OVER (ORDER BY first_block), (SELECT last_value FROM data_key_blocks)) - first_block
          AS blocks
      FROM data_keys ORDER BY first_block DESC`,
    );
    const counts = new Map<string | null, number>();
    const { rows } = await pool.query(valuesByKey(service), [encryptedPrefix]);
    for (const { key, count } of countsSchema.parse(rows)) counts.set(key, count);
    const statuses = keysSchema.parse(keys.rows).map((row) => ({
      id: row.id,
      masterKeyId: row.master_key_id,
      createdAt: row.created_at,
      retiredAt: row.retired_at,
      worn: row.blocks / mostBlocks,
      values: counts.get(row.id) ?? 0,
    }));
    const clearValues = counts.get(null) ?? 0;
    const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const known = statuses.reduce((sum, { values }) => sum + values, 0);
    return { keys: statuses, clearValues, strayValues: all - clearValues - known };
  } finally {
    await pool.end();
  }
}

/** How many values name which key; null stands for text in clear. */
function valuesByKey(service: EncryptedService): string {
  const { table, columns } = encryptedTables[service];
  const names = columns.flatMap(({ column, formerColumn }) => [
    column,
    ...(formerColumn ? [formerColumn] : []),
  ]);
  return `SELECT CASE WHEN starts_with(value, $1) THEN split_part(value, ':', 3) END AS key, count(*)::integer AS count
    FROM ${table} CROSS JOIN LATERAL (VALUES ${names.map((name) => `(${name})`).join(', ')}) AS stored (value)
    WHERE value IS NOT NULL GROUP BY 1`;
}
