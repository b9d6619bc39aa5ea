import { join } from 'node:path';
import { readMigrationFiles } from './migration-files.js';
import { withSession } from './migration-session.js';
import { compareMigrations, type MigrationStatus } from './migration-state.js';
import { serviceDirectory, type Service } from './services.js';

/** Which database to look at. */
export interface StatusOptions {
  readonly service: Service;
  /** Connects as the owner; `?schema=name` looks into that schema. */
  readonly migrationUrl: string;
  /** The folder that holds `migrations/`; by default the service's own. */
  readonly directory?: string;
}

/** Lists a service's migrations, oldest first, with what became of each; changes nothing. */
export async function readStatus(options: StatusOptions): Promise<MigrationStatus[]> {
  const { service, migrationUrl, directory = serviceDirectory(service) } = options;
  const files = await readMigrationFiles(join(directory, 'migrations'));
  return withSession(migrationUrl, async ({ history }) => compareMigrations(files, await history.read()));
}
