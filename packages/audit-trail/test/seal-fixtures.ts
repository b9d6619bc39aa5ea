import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLogger, noClient, type Viewer } from '@caregraph/service-kit';
import { Client, Pool } from 'pg';
import { createScratchDatabase, type ScratchDatabase } from '../../../test/cluster.js';
import { createAuditKeySet, readAuditKeys, type AuditKey } from '../src/audit-keys.js';
import { createAuditRecorder, type AuditRecorder } from '../src/audit-recorder.js';
import { createEntryWriter } from '../src/entry-writer.js';
import { startSealer, type Sealer } from '../src/sealer.js';

/** A trail of the users service in a database of its own, with keys and a directory for checkpoints. */
export interface ScratchTrail extends AsyncDisposable {
  readonly database: ScratchDatabase;
  /** Connections of the service. */
  readonly pool: Pool;
  readonly keys: readonly AuditKey[];
  readonly keysFile: string;
  readonly checkpoints: string;
  /** The recorder of one request of an administrator. */
  recorder(): AuditRecorder;
  /** Writes one entry in the service's name about each of these records, one after the other. */
  record(...ids: readonly number[]): Promise<void>;
  /** Changes rows as the service does, so that triggers write an entry. */
  change(): Promise<void>;
  /** A sealer that does nothing by itself before it is closed, unless an interval is given. */
  startSealer(interval?: number): Sealer;
  /** Seals all that is there, and writes the checkpoint. */
  seal(): Promise<void>;
  /** Carries out statements as the superuser, with no trigger to stop them. */
  tamper(...statements: readonly string[]): Promise<void>;
  /** The rows that a query of the superuser finds. */
  rows<Row extends object>(sql: string): Promise<Row[]>;
}

const administrator: Viewer = { kind: 'user', id: 7, role: 'ADMIN', sessionId: randomUUID() };

export async function createScratchTrail(): Promise<ScratchTrail> {
  const database = await createScratchDatabase('users');
  const directory = await mkdtemp(path.join(tmpdir(), 'caregraph-trail-'));
  const keysFile = path.join(directory, 'keys.json');
  await writeFile(keysFile, createAuditKeySet(new Date()));
  const keys = readAuditKeys(keysFile);
  const [key] = keys;
  if (key === undefined) throw new Error('A key set is never empty.');
  const checkpoints = path.join(directory, 'checkpoints');
  const pool = new Pool({ connectionString: database.databaseUrl, max: 8 });
  const writer = createEntryWriter(pool);

  const trail: ScratchTrail = {
    ...{ database, pool, keys, keysFile, checkpoints },
    recorder: () =>
      createAuditRecorder(
        { viewer: administrator, client: noClient, requestId: randomUUID() },
        { service: 'users', writer, key },
      ),
    async record(...ids) {
      for (const id of ids) {
        const recorder = trail.recorder();
        recorder.field({ type: 'User', id, patientId: null }, 'email', 'SUCCESS');
        await recorder.write();
      }
    },
    async change() {
      const client = await pool.connect();
      await client.query('BEGIN');
      await client.query("SELECT set_config('caregraph.audit_context', $1, true)", [
        trail.recorder().changeContext(),
      ]);
      await client.query(
        `INSERT INTO users (email, password_hash, first_name, last_name, role)
        VALUES ($1, 'none', 'First', 'Last', 'doctor')`,
        [`${randomUUID()}@example.com`],
      );
      await client.query('COMMIT');
      client.release();
    },
    startSealer: (interval = 60_000) =>
      startSealer({
        ...{ service: 'users', pool, schema: 'public', keys, checkpointsDirectory: checkpoints, interval },
        logger: createLogger('users', 'silent'),
      }),
    seal: () => trail.startSealer().close(),
    tamper: (...statements) =>
      asSuperuser(database, async (client) => {
        await client.query('ALTER TABLE audit_entries DISABLE TRIGGER ALL');
        await client.query('ALTER TABLE audit_seals DISABLE TRIGGER ALL');
        for (const statement of statements) await client.query(statement);
        await client.query('ALTER TABLE audit_entries ENABLE ALWAYS TRIGGER audit_entries_are_final');
        await client.query('ALTER TABLE audit_seals ENABLE ALWAYS TRIGGER audit_seals_are_final');
      }),
    rows: <Row extends object>(sql: string) =>
      asSuperuser(database, async (client) => (await client.query<Row>(sql)).rows),
    async [Symbol.asyncDispose]() {
      await pool.end();
      await database[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return trail;
}

async function asSuperuser<Result>(
  database: ScratchDatabase,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
