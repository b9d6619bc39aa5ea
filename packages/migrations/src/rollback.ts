import { join } from 'node:path';
import type { MigrateOptions } from './migrate.js';
import { MigrationError } from './migration-error.js';
import { readMigrationFiles, runsOutsideTransaction } from './migration-files.js';
import { withExclusiveSession, type MigrationSession } from './migration-session.js';
import { compareMigrations, refuseBrokenHistory } from './migration-state.js';
import { inTransaction, runScript } from './run-script.js';
import { serviceDirectory } from './services.js';

/** Which migrations to revert. */
export interface RollbackOptions extends Omit<MigrateOptions, 'runtimeRole'> {
  /** How many, from the latest back. */
  readonly steps: number;
  /** Whether the audit trail may be dropped with its entries; by default only an empty one is. */
  readonly discardAuditTrail?: boolean;
}

interface Reversal {
  readonly version: string;
  readonly recordId: string;
  readonly sql: string;
}

/**
 * Reverts the latest migrations of a service with their `down.sql`, each with its record in one transaction; the
 * record stays, with the time. Returns the versions that were reverted, latest first. Throws a MigrationError
 * before anything is changed when one of them has no `down.sql`, when fewer are applied, or when what is recorded
 * is not what is on disk. A `down.sql` that would destroy encrypted values or the trail's entries refuses, too; those
 * before it are done.
 */
export async function rollback(options: RollbackOptions): Promise<string[]> {
  const { service, migrationUrl, steps, discardAuditTrail = false } = options;
  const { onStep = () => undefined, lockTimeout = 60_000 } = options;
  const patience = {
    lockTimeout,
    onWait: (message: string): void => {
      onStep({ kind: 'waiting', message });
    },
  };
  return withExclusiveSession(migrationUrl, patience, async (session) => {
    const reversals = await planReversals(session, options);
    if (discardAuditTrail) await session.client.query('SET caregraph.discard_audit_trail = on');
    for (const [index, { version, recordId, sql }] of reversals.entries()) {
      const step = { version, number: index + 1, of: steps };
      onStep({ kind: 'started', ...step });
      const revert = async (): Promise<void> => {
        await runScript(session.client, `${service}/migrations/${version}/down.sql`, sql);
        await session.history.rollBack(recordId);
      };
      await (runsOutsideTransaction(sql) ? revert() : inTransaction(session.client, revert));
      onStep({ kind: 'finished', ...step });
    }
    return reversals.map(({ version }) => version);
  });
}

async function planReversals(session: MigrationSession, options: RollbackOptions): Promise<Reversal[]> {
  const { service, steps, directory = serviceDirectory(service) } = options;
  const files = await readMigrationFiles(join(directory, 'migrations'));
  const records = await session.history.read();
  refuseBrokenHistory(service, compareMigrations(files, records));
  if (steps > records.length) {
    throw new MigrationError(
      `The ${service} database has ${records.length} migrations to revert, not ${steps}. Nothing was changed.`,
    );
  }
  return records
    .slice(records.length - steps)
    .reverse()
    .map(({ id, version }) => {
      const sql = files.find((file) => file.version === version)?.downSql ?? null;
      if (sql === null) {
        throw new MigrationError(
          `${service}/migrations/${version} has no down.sql, so it cannot be reverted. Nothing was changed.`,
        );
      }
      return { version, recordId: id, sql };
    });
}
