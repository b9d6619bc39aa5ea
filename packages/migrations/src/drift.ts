import { join } from 'node:path';
import { runPrisma } from '@caregraph/prisma-offline';
import { MigrationError } from './migration-error.js';
import { serviceDirectory, type Service } from './services.js';

/** Whether a database is what its Prisma schema says. */
export interface DriftReport {
  readonly drifted: boolean;
  /** What would have to change in the database, in Prisma's words; empty without drift. */
  readonly differences: string;
}

/** The exit code of `prisma migrate diff --exit-code` when there are differences. */
const DIFFERENT = 2;

/**
 * Compares a service's database with its Prisma schema: tables, columns, keys and plain indexes. Prisma sees no
 * trigger, function, CHECK, expression index nor exclusion constraint. Throws a MigrationError when Prisma cannot
 * tell.
 */
export async function checkDrift(options: {
  readonly service: Service;
  readonly migrationUrl: string;
}): Promise<DriftReport> {
  const { service, migrationUrl } = options;
  const directory = serviceDirectory(service);
  const { exitCode, output } = await runPrisma(
    [
      'migrate',
      'diff',
      '--exit-code',
      '--from-config-datasource',
      '--to-schema',
      join(directory, 'schema.prisma'),
      '--config',
      join(directory, 'prisma.config.ts'),
    ],
    { env: { [`${service.toUpperCase()}_MIGRATION_URL`]: migrationUrl }, output: 'collect' },
  );
  if (exitCode === 0) return { drifted: false, differences: '' };
  if (exitCode === DIFFERENT) {
    return { drifted: true, differences: output.replace(/^Loaded Prisma config.*$/m, '').trim() };
  }
  throw new MigrationError(`Prisma could not compare the ${service} database: ${output.trim()}`);
}
