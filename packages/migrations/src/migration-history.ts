import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { quoteIdentifier } from '@caregraph/service-kit/database-target';
import type { MigrationFile } from './migration-files.js';

/** One migration as `_prisma_migrations` has it, unless it was rolled back. */
export interface MigrationRecord {
  readonly id: string;
  readonly version: string;
  readonly checksum: string;
  /** Null when it failed, which only migrations outside a transaction and Prisma's own engine leave behind. */
  readonly finishedAt: Date | null;
}

/**
 * Prisma's table of applied migrations, in the form in which its schema engine makes, reads and writes it. What
 * was rolled back stays in it with the time of that, and counts as never applied.
 */
export class MigrationHistory {
  private readonly table: string;

  constructor(
    private readonly client: Client,
    schema: string,
  ) {
    this.table = `${quoteIdentifier(schema)}._prisma_migrations`;
  }

  /** Makes the table unless it is there. */
  async create(): Promise<void> {
    await this.client.query(`
      CREATE TABLE IF NOT EXISTS ${this.table} (
        id                  VARCHAR(36) PRIMARY KEY NOT NULL,
        checksum            VARCHAR(64) NOT NULL,
        finished_at         TIMESTAMPTZ,
        migration_name      VARCHAR(255) NOT NULL,
        logs                TEXT,
        rolled_back_at      TIMESTAMPTZ,
        started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
        applied_steps_count INTEGER NOT NULL DEFAULT 0
      )`);
  }

  /** What is applied or has failed, oldest first; nothing where there is no table yet. */
  async read(): Promise<MigrationRecord[]> {
    const { rows: tables } = await this.client.query<{ exists: boolean }>(
      'SELECT to_regclass($1) IS NOT NULL AS exists',
      [this.table],
    );
    if (tables[0]?.exists !== true) return [];
    const { rows } = await this.client.query<MigrationRecord>(`
      SELECT id, migration_name AS version, checksum, finished_at AS "finishedAt"
      FROM ${this.table} WHERE rolled_back_at IS NULL ORDER BY migration_name COLLATE "C"`);
    return rows;
  }

  /** Records that a migration begins, and returns the record's id. */
  async start({ version, checksum }: MigrationFile): Promise<string> {
    const id = randomUUID();
    await this.client.query(
      `INSERT INTO ${this.table} (id, checksum, migration_name, started_at) VALUES ($1, $2, $3, clock_timestamp())`,
      [id, checksum, version],
    );
    return id;
  }

  /** Records that the migration of this record is applied. */
  async finish(id: string): Promise<void> {
    await this.client.query(
      `UPDATE ${this.table} SET finished_at = clock_timestamp(), applied_steps_count = 1 WHERE id = $1`,
      [id],
    );
  }

  /** Records why the migration of this record failed. */
  async fail(id: string, reason: string): Promise<void> {
    await this.client.query(`UPDATE ${this.table} SET logs = $2 WHERE id = $1`, [id, reason]);
  }

  /** Records that the migration of this record is reverted. */
  async rollBack(id: string): Promise<void> {
    await this.client.query(`UPDATE ${this.table} SET rolled_back_at = clock_timestamp() WHERE id = $1`, [
      id,
    ]);
  }
}
