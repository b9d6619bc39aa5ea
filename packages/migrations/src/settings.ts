import { z } from 'zod';
import { services, type Service } from './services.js';

/** How to reach one service's database. */
export interface DatabaseSettings {
  /** Connects as the owner. */
  readonly migrationUrl: string;
  /** Whom the service connects as; null unless it was asked for. */
  readonly runtimeRole: string | null;
}

/** The environment does not hold what a command needs; the message names every variable and its problem. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const databaseUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: (issue) =>
    issue.input === undefined
      ? 'is not set'
      : 'is not of the form postgresql://user:password@host:port/database',
});

/**
 * Reads `<SERVICE>_MIGRATION_URL` and, where `runtime` is asked for, `<SERVICE>_DATABASE_URL` of each of the
 * services in question. Throws a SettingsError that reports all problems together.
 */
export function readSettings(
  environment: NodeJS.ProcessEnv,
  wanted: readonly Service[],
  { runtime }: { readonly runtime: boolean },
): Map<Service, DatabaseSettings> {
  const fields = wanted.flatMap((service) => [
    [`${service.toUpperCase()}_MIGRATION_URL`, databaseUrl] as const,
    ...(runtime ? [[`${service.toUpperCase()}_DATABASE_URL`, databaseUrl] as const] : []),
  ]);
  const parsed = z.object(Object.fromEntries(fields)).safeParse(environment);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}.`);
    throw new SettingsError(problems.join('\n'));
  }
  const urls = new Map(Object.entries(parsed.data));
  return new Map(
    services.flatMap((service) => {
      const migrationUrl = urls.get(`${service.toUpperCase()}_MIGRATION_URL`);
      const runtimeUrl = urls.get(`${service.toUpperCase()}_DATABASE_URL`);
      if (migrationUrl === undefined) return [];
      const runtimeRole = runtimeUrl === undefined ? null : decodeURIComponent(new URL(runtimeUrl).username);
      return [[service, { migrationUrl, runtimeRole }]];
    }),
  );
}
