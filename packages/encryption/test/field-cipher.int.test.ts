import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { DecryptionError } from '@caregraph/encryption';
import { createMasterKey } from '@caregraph/encryption/master-keys';
import { StartupError } from '@caregraph/service-kit';
import { Pool } from 'pg';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openBreakableProxy } from '../../../test/breakable-proxy.js';
import { createScratchDatabase, type ScratchDatabase } from '../../../test/cluster.js';
import { insertPatients, openTestCipher, readRecord, writeRecord } from './patient-records.js';
import { quickFollowing, rotateInProcess } from './rotation-process.js';

const place = { table: 'patients', row: 1, column: 'allergies' };

function connect({ superuserUrl }: ScratchDatabase): Pool {
  const pool = new Pool({ connectionString: superuserUrl, max: 1 });
  pool.on('error', () => undefined);
  return pool;
}

it('makes one first key when several processes start at once', async () => {
  await using database = await createScratchDatabase('patients');
  const ciphers = await Promise.all(Array.from({ length: 5 }, () => openTestCipher(database)));
  const pool = connect(database);
  const { rowCount } = await pool.query('SELECT FROM data_keys');
  expect(rowCount).toBe(1);
  const stored = ciphers.map((cipher) => cipher.encrypt('Penicillin', place));
  for (const [index, cipher] of ciphers.entries()) {
    expect(cipher.decrypt(stored[(index + 1) % stored.length] ?? '', place)).toBe('Penicillin');
    await cipher.close();
  }
  await pool.end();
});

it('leaves nothing to be found in the table', async () => {
  await using database = await createScratchDatabase('patients');
  const pool = connect(database);
  const cipher = await openTestCipher(database);
  const [id = 0] = await insertPatients(pool, 1, () => '');
  const text = 'Penicillin → anaphylaxis 😱';
  await writeRecord(pool, cipher, { id, text, version: 1 });
  const { rows } = await pool.query<{ found: boolean }>(
    `SELECT patients::text LIKE '%Penicillin%' OR patients::text LIKE '%anaphylaxis%' OR patients::text LIKE $1 AS found
    FROM patients`,
    [`%${Buffer.from(text).toString('base64url').slice(4, 12)}%`],
  );
  expect(rows).toEqual([{ found: false }]);
  expect(await readRecord(pool, cipher, id)).toMatchObject({ text });
  await cipher.close();
  await pool.end();
});

it('gives back what is from before encryption, and refuses what names a key that there is not', async () => {
  await using database = await createScratchDatabase('patients');
  const cipher = await openTestCipher(database);
  expect(cipher.decrypt('Penicillin', place)).toBe('Penicillin');
  expect(cipher.decrypt('', place)).toBe('');
  await expect(cipher.decrypt('enc:v1:0000000000000000:AAAA', place)).rejects.toThrow(DecryptionError);
  expect(() => cipher.decrypt('enc:v1:', place)).toThrow(DecryptionError);
  await cipher.close();
});

it('fetches the key of a value that was written since, and takes it up for its own', async () => {
  await using database = await createScratchDatabase('patients');
  const cipher = await openTestCipher(database, { following: quickFollowing });
  const before = cipher.encrypt('Penicillin', place);
  await rotateInProcess({ service: 'patients', ...database });
  const later = await openTestCipher(database);
  const after = later.encrypt('Peanuts', place);
  expect(await cipher.decrypt(after, place)).toBe('Peanuts');
  // A retired key still opens what a backup may hold.
  expect(await later.decrypt(before, place)).toBe('Penicillin');
  await vi.waitFor(() => {
    expect(cipher.encrypt('Peanuts', place).slice(0, 24)).toBe(after.slice(0, 24));
  }, 10_000);
  await cipher.close();
  await later.close();
});

it('does not start with another master key, and says which', async () => {
  await using database = await createScratchDatabase('patients');
  const key = `main ${randomBytes(32).toString('base64')}`;
  await (await openTestCipher(database, { settings: { ENCRYPTION_MASTER_KEY: key } })).close();
  const failureWith = async (text: string): Promise<unknown> =>
    openTestCipher(database, { settings: { ENCRYPTION_MASTER_KEY: text } }).catch((error: unknown) => error);
  const other = randomBytes(32).toString('base64');
  for (const [text, reason] of [
    [`main ${other}`, /data key \w+ of the patients database does not open with the master key "main"/],
    [`other ${other}`, /is wrapped by the master key "main", which .* does not hold: it holds "other"/],
  ] as const) {
    const failure = await failureWith(text);
    expect(failure).toBeInstanceOf(StartupError);
    expect(String(failure)).toMatch(reason);
    expect(String(failure)).not.toContain(other);
  }
});

it('refuses a data key that was altered, or wrapped for another database', async () => {
  await using database = await createScratchDatabase('patients');
  await (await openTestCipher(database)).close();
  const pool = connect(database);
  const { rows } = await pool.query<{ id: string; wrapped_key: Buffer; master_key_id: string }>(
    'SELECT id, wrapped_key, master_key_id FROM data_keys',
  );
  await using other = await createScratchDatabase('appointments');
  const otherPool = connect(other);
  await otherPool.query('INSERT INTO data_keys (id, wrapped_key, master_key_id) VALUES ($1, $2, $3)', [
    ...[rows[0]?.id, rows[0]?.wrapped_key, rows[0]?.master_key_id],
  ]);
  await expect(openTestCipher(other, { service: 'appointments' })).rejects.toThrow('does not open');
  await pool.query(
    'UPDATE data_keys SET wrapped_key = set_byte(wrapped_key, 20, get_byte(wrapped_key, 20) # 1)',
  );
  await expect(openTestCipher(database)).rejects.toThrow('does not open');
  await pool.end();
  await otherPool.end();
});

it('takes up a line that is added to the file of master keys while it runs', async () => {
  await using database = await createScratchDatabase('patients');
  const folder = await mkdtemp(join(tmpdir(), 'caregraph-master-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'keys');
  const [first, second] = [createMasterKey(new Date()), createMasterKey(new Date())];
  await writeFile(file, first);
  const running = await openTestCipher(database, { settings: { ENCRYPTION_MASTER_KEY_FILE: file } });
  await writeFile(file, `${first}${second}`);
  await rotateInProcess({ service: 'patients', ...database, masterKeyFile: file });
  const later = await openTestCipher(database, { settings: { ENCRYPTION_MASTER_KEY_FILE: file } });
  expect(await running.decrypt(later.encrypt('Peanuts', place), place)).toBe('Peanuts');
  await running.close();
  await later.close();
});

it('waits for a database that comes late, and says so each time without its URL', async () => {
  await using database = await createScratchDatabase('patients');
  const warnings: unknown[][] = [];
  const logger = {
    warn: (...told: unknown[]) => void warnings.push(told),
    error: () => undefined,
  };
  await using proxy = await openBreakableProxy(database.databaseUrl, () => warnings.length >= 2);
  const cipher = await openTestCipher({ databaseUrl: proxy.url }, { logger });
  expect(cipher.decrypt(cipher.encrypt('Penicillin', place), place)).toBe('Penicillin');
  const message = 'the database cannot be connected to yet';
  expect(warnings).toMatchObject([
    [{ attempt: 1 }, message],
    [{ attempt: 2 }, message],
  ]);
  expect(inspect(warnings, { depth: null })).not.toContain(new URL(proxy.url).password);
  await cipher.close();
});

it('says that the database cannot be connected to, where that keeps it from starting', async () => {
  const databaseUrl = 'postgresql://service:password@127.0.0.1:1/nowhere';
  const failure: unknown = await openTestCipher({ databaseUrl }, { patience: 0 }).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(StartupError);
  expect(String(failure)).toContain('The database cannot be connected to');
  expect(String(failure)).not.toContain('password');
});
