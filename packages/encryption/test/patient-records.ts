import { openFieldCipher, type FieldCipher } from '@caregraph/encryption';
import type { Pool, PoolClient } from 'pg';
import { keySettings, type ScratchDatabase } from '../../../test/cluster.js';
import { encryptedTables } from '../src/encrypted-columns.js';

type Options = Parameters<typeof openFieldCipher>[0];

/** What a client wrote into all encrypted columns of a patient, and the version that the record has since. */
export interface Written {
  readonly text: string;
  readonly version: number;
}

const columns = encryptedTables.patients.columns.map(({ column }) => column);

/** Opens the cipher of a scratch database as its service does, with the tests' master key unless another is given. */
export function openTestCipher(
  { databaseUrl }: Pick<ScratchDatabase, 'databaseUrl'>,
  options: Partial<Options> = {},
): Promise<FieldCipher> {
  const settings = { ENCRYPTION_MASTER_KEY_FILE: keySettings()['ENCRYPTION_MASTER_KEY_FILE'] };
  const logger = { warn: () => undefined, error: () => undefined };
  return openFieldCipher({ service: 'patients', databaseUrl, settings, logger, ...options });
}

/** Registers patients as it was done before values were encrypted; returns their ids. */
export async function insertPatients(
  pool: Pool | PoolClient,
  count: number,
  textOf: (id: number) => string,
): Promise<number[]> {
  const { rows } = await pool.query<{ id: number }>(
    `SELECT nextval('patients_id_seq')::integer AS id FROM generate_series(1, $1)`,
    [count],
  );
  const ids = rows.map(({ id }) => id);
  await pool.query(
    `INSERT INTO patients (id, first_name, last_name, date_of_birth, gender, phone, email, created_by,
      medical_history, allergies, medications, policy_number)
    SELECT id, 'Given', 'Family', '1990-01-01', 'other', '555', id || '@mail.example', 1, text, text, text, text
    FROM unnest($1::integer[], $2::text[]) AS patient (id, text)`,
    [ids, ids.map(textOf)],
  );
  return ids;
}

/** The text that all encrypted columns of a patient hold, and the version. Throws where they differ. */
export async function readRecord(pool: Pool, cipher: FieldCipher, id: number): Promise<Written> {
  const { rows } = await pool.query<Record<string, string | null> & { version: number }>(
    `SELECT version, policy_number, ${columns.join(', ')} FROM patients WHERE id = $1`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`There is no patient ${id}.`);
  const texts = new Set<string>();
  for (const column of columns) {
    const stored = row[column] ?? row['policy_number'] ?? '';
    texts.add(await cipher.decrypt(stored, { table: 'patients', row: id, column }));
  }
  const [text = '', ...others] = texts;
  if (others.length > 0) throw new Error(`The columns of patient ${id} differ: ${[...texts].join(', ')}`);
  return { text, version: row.version };
}

/** Writes a text into all encrypted columns, as the service does; throws where the version is another one. */
export async function writeRecord(
  pool: Pool | PoolClient,
  cipher: FieldCipher,
  { id, text, version }: Written & { readonly id: number },
): Promise<Written> {
  const values = columns.map((column) => cipher.encrypt(text, { table: 'patients', row: id, column }));
  const { rows } = await pool.query<{ version: number }>(
    `UPDATE patients SET ${columns.map((column, index) => `${column} = $${index + 3}`).join(', ')}, policy_number = NULL
    WHERE id = $1 AND version = $2 RETURNING version`,
    [id, version, ...values],
  );
  if (rows[0] === undefined) throw new Error(`Patient ${id} has not the version ${version}.`);
  return { text, version: rows[0].version };
}
