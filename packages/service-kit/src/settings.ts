import { z } from 'zod';
import { databaseTlsProblem } from './database-tls.js';
import { StartupError } from './startup-error.js';

/** Settings that cannot be used. The message lists every problem, a line each; no value is repeated in it. */
export class SettingsError extends StartupError {
  constructor(
    readonly problems: readonly string[],
    options?: ErrorOptions,
  ) {
    super(
      `These settings need attention:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
      options,
    );
    this.name = 'SettingsError';
  }
}

/**
 * Reads settings out of an environment. An empty variable counts as absent, so that `PORT=` in a compose file
 * means the default. `check` sees those that are sound by themselves, and returns what they do wrong together.
 * Throws a `SettingsError` that names every problem of both kinds at once.
 */
export function parseSettings<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
  check: (settings: Partial<z.output<Schema>>) => readonly string[] = () => [],
): z.output<Schema> {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(given);
  const sound = Object.entries<z.core.$ZodType>(schema.shape).flatMap(([name, setting]) => {
    const parsed = z.safeParse(setting, given[name]);
    return parsed.success && parsed.data !== undefined ? [[name, parsed.data]] : [];
  });
  const problems = (result.error?.issues ?? []).map((issue) => {
    const [name] = issue.path;
    return name === undefined
      ? issue.message
      : `${String(name)}: ${given[String(name)] === undefined ? 'is required' : issue.message}`;
  });
  problems.push(...check(Object.fromEntries(sound) as Partial<z.output<Schema>>));
  if (result.success && problems.length === 0) return result.data;
  throw new SettingsError(problems);
}

/** A whole number within these bounds, both included. */
export function wholeNumberSetting(least: number, most = Number.MAX_SAFE_INTEGER) {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  const error = `must be a whole number ${range}`;
  const isInRange = (value: number): boolean =>
    Number.isSafeInteger(value) && value >= least && value <= most;
  return z.coerce.number({ error }).refine(isInRange, error);
}

/** A TCP port; 0 lets the system choose one. */
export const portSetting = wholeNumberSetting(0, 65_535);

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

/** The files that a process encrypts its connections with, each in PEM form. */
const tlsSettings = {
  TLS_CERT_FILE: z.string().optional(),
  TLS_KEY_FILE: z.string().optional(),
  TLS_CA_FILE: z.string().optional(),
  TLS_CLIENT_CA_FILE: z.string().optional(),
};

/** Where a process finds its certificate, and those of whom it trusts. */
export type TlsSettings = z.output<z.ZodObject<typeof tlsSettings>>;

/** The connections that production may leave without TLS, where a setting says so. */
const plainConnections = ['database', 'services', 'clients'] as const;
export type PlainConnection = (typeof plainConnections)[number];

/** `database,services`: some of the connections, separated by commas. */
const plainConnectionsSetting = z
  .string()
  .transform((list) => list.split(',').map((name) => name.trim()))
  .pipe(z.array(z.enum(plainConnections, { error: `may name ${plainConnections.join(', ')}` })))
  .optional();

/** The settings that every process of the platform has. */
export const commonSettings = {
  ...tlsSettings,
  ALLOW_PLAIN_CONNECTIONS: plainConnectionsSetting,
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: portSetting.optional(),
  /** Node's own; the deployment checks look at it. */
  NODE_TLS_REJECT_UNAUTHORIZED: z.string().optional(),
};

/** The secret with which the gateway and the services sign the context of their calls. */
export const contextSecretSetting = z.string().min(32, 'must have at least 32 characters');

/** The secret to sign contexts with, and one that they may still be signed with while it is replaced. */
export const contextSecretSettings = {
  SERVICE_CONTEXT_SECRET: contextSecretSetting,
  SERVICE_CONTEXT_SECRET_PREVIOUS: contextSecretSetting.optional(),
};

/** The secrets that contexts may be signed with, the one to sign with first. */
export function contextSecrets(settings: {
  readonly SERVICE_CONTEXT_SECRET: string;
  readonly SERVICE_CONTEXT_SECRET_PREVIOUS?: string | undefined;
}): string[] {
  const { SERVICE_CONTEXT_SECRET: current, SERVICE_CONTEXT_SECRET_PREVIOUS: previous } = settings;
  return previous === undefined ? [current] : [current, previous];
}

/**
 * How many milliseconds a service waits for another before it gives up: less than the gateway waits for the service, so
 * that what the service says of it is heard.
 */
export const serviceTimeoutSetting = wholeNumberSetting(1, 600_000).default(3_000);
