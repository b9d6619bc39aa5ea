import { z } from 'zod';
import { databaseTlsProblem } from './database-tls.js';
import { StartupError } from './startup-error.js';

/** Settings that cannot be used. The message lists every problem, a line each; no value is repeated in it. */
export class SettingsError extends StartupError {
  constructor(readonly problems: readonly string[]) {
    super(`These settings need attention:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/**
 * Reads settings out of an environment. An empty variable counts as absent, so that `PORT=` in a compose file
 * means the default. Throws a `SettingsError` that names every problem at once.
 */
export function parseSettings<Schema extends z.ZodType>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): z.output<Schema> {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new SettingsError(
    result.error.issues.map((issue) => {
      const name = issue.path.join('.');
      return name === ''
        ? issue.message
        : `${name}: ${given[name] === undefined ? 'is required' : issue.message}`;
    }),
  );
}

/** A TCP port; 0 lets the system choose one. */
export const portSetting = z.coerce.number().int().min(0).max(65_535);

/** `true` or `false`, spelled out. */
export const booleanSetting = z.enum(['true', 'false']).transform((value) => value === 'true');

/** A PostgreSQL connection URL; `?schema=` names the schema, `public` unless given; `?sslmode=` and its kin, TLS. */
export const databaseUrlSetting = z
  .url({
    protocol: /^postgres(ql)?$/,
    error: 'must be a URL such as postgresql://user:password@host:5432/database',
  })
  .superRefine((url, context) => {
    const problem = databaseTlsProblem(new URL(url));
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });

/** An http(s) URL. */
export const httpUrlSetting = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

/** The settings that every process of the platform has. */
export const commonSettings = {
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: portSetting.optional(),
};

/** The secret with which the gateway and the services sign the context of their calls. */
export const contextSecretSetting = z.string().min(32, 'must have at least 32 characters');

/** How many milliseconds a process waits for another service before it gives up. */
export const serviceTimeoutSetting = z.coerce.number().int().min(1).max(600_000).default(5_000);
