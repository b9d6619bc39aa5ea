import { join } from 'node:path';
import { MigrationError } from './migration-error.js';
import { readMigrationFiles, runsOutsideTransaction, type MigrationFile } from './migration-files.js';
import { withExclusiveSession, type MigrationSession } from './migration-session.js';
import { compareMigrations, refuseBrokenHistory } from './migration-state.js';
import { applyPrivileges } from './privileges.js';
import { inTransaction, runScript } from './run-script.js';
import { serviceDirectory, type Service } from './services.js';

/** What migrating or rolling back does at the moment, for whoever watches. */
export type MigrationStep =
  | { readonly kind: 'waiting'; readonly message: string }
  | {
      readonly kind: 'started' | 'finished';
      readonly version: string;
      readonly number: number;
      readonly of: number;
    };

/** Which database to migrate, and how. */
export interface MigrateOptions {
  readonly service: Service;
  /** Connects as the owner; `?schema=name` puts everything into that schema, which is made if it is missing. */
  readonly migrationUrl: string;
  /** The role to grant the service's privileges to; it must exist. Nothing is granted when it is the owner. */
  readonly runtimeRole: string;
  readonly onStep?: (step: MigrationStep) => void;
  /** How long to wait for somebody else's migrations, in milliseconds; by default a minute. */
  readonly lockTimeout?: number;
  /** The folder that holds `migrations/` and `privileges.sql`; by default the service's own. */
  readonly directory?: string;
}

/**
 * Brings a service's database up to date, each migration and its record in one transaction, then grants the
 * runtime role what it may do. Returns the versions that were applied, oldest first. Only one process at a time
 * migrates a database; others wait. Throws a MigrationError, with nothing half-applied, when a migration fails or
 * when what is recorded is not what is on disk.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const { service, migrationUrl, runtimeRole, onStep = () => undefined, lockTimeout = 60_000 } = options;
  const directory = options.directory ?? serviceDirectory(service);
  const files = await readMigrationFiles(join(directory, 'migrations'));
  const patience = {
    lockTimeout,
    onWait: (message: string): void => {
      onStep({ kind: 'waiting', message });
    },
  };
  return withExclusiveSession(migrationUrl, patience, async (session) => {
    const statuses = compareMigrations(files, await session.history.read());
    refuseBrokenHistory(service, statuses);
    const versions = new Set(
      statuses.filter(({ state }) => state === 'pending').map(({ version }) => version),
    );
    const pending = files.filter(({ version }) => versions.has(version));
    for (const [index, file] of pending.entries()) {
      const step = { version: file.version, number: index + 1, of: pending.length };
      onStep({ kind: 'started', ...step });
      await apply(session, service, file);
      onStep({ kind: 'finished', ...step });
    }
    await applyPrivileges(session, directory, runtimeRole);
    return [...versions];
  });
}

async function apply(session: MigrationSession, service: Service, file: MigrationFile): Promise<void> {
  const { client, history } = session;
  const path = `${service}/migrations/${file.version}/migration.sql`;
  if (runsOutsideTransaction(file.sql)) {
    await applyOutsideTransaction(session, path, file);
    return;
  }
  await inTransaction(client, async () => {
    const id = await history.start(file);
    await runScript(client, path, file.sql);
    await history.finish(id);
  });
}

/** Without a transaction the record must say that the migration began, in case it does not end. */
async function applyOutsideTransaction(
  { client, history }: MigrationSession,
  path: string,
  file: MigrationFile,
): Promise<void> {
  const id = await history.start(file);
  try {
    await runScript(client, path, file.sql);
  } catch (error) {
    if (error instanceof MigrationError) await history.fail(id, error.message);
    throw error;
  }
  await history.finish(id);
}
