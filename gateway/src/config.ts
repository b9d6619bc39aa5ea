import {
  booleanSetting,
  commonSettings,
  contextSecretSetting,
  deploymentProblems,
  httpUrlSetting,
  parseSettings,
  portSetting,
  StartupError,
  wholeNumberSetting,
  type TlsSettings,
} from '@caregraph/service-kit';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { z } from 'zod';
import {
  exposureOf,
  exposureSettings,
  platformCost,
  unknownGraphCost,
  type Exposure,
} from './exposure/exposure-settings.js';
import { rateLimitSettings, type RateLimitConfig } from './limits/rate-limits.js';

const general = {
  ...commonSettings,
  PORT: portSetting.default(4000),
  SUBGRAPH_TIMEOUT_MS: wholeNumberSetting(1, 600_000).default(5_000),
  SUPERGRAPH_WATCH: booleanSetting.default(false),
  GATEWAY_ENGINE: z.enum(['apollo', 'caregraph']).default('apollo'),
  ...exposureSettings,
};
const alone = z.object({ ...general, ...unknownGraphCost });

const platform = z.object({
  ...general,
  ...platformCost,
  SERVICE_CONTEXT_SECRET: contextSecretSetting,
  ...rateLimitSettings,
  REVOCATION_OUTAGE_SECONDS: wholeNumberSetting(1, 86_400).default(600),
  USERS_URL: httpUrlSetting.optional(),
  PATIENTS_URL: httpUrlSetting.optional(),
  APPOINTMENTS_URL: httpUrlSetting.optional(),
});

/** What the gateway runs with. */
export interface Config extends Exposure {
  readonly production: boolean;
  readonly logLevel: string;
  readonly host: string;
  readonly port: number;
  readonly metricsPort: number | undefined;
  /** The certificate to serve with, and whom to trust in calls. */
  readonly tls: TlsSettings;
  /** How long a subgraph may take to answer, in milliseconds. */
  readonly subgraphTimeout: number;
  /** The file that holds the supergraph, and whether a change of it is taken up while running. */
  readonly supergraph: { readonly file: string; readonly watch: boolean };
  /** Who plans and carries out operations: Apollo's gateway, or the engine of this one. */
  readonly engine: 'apollo' | 'caregraph';
  /** Where subgraphs are that are not where the supergraph says, by name. */
  readonly subgraphUrls: Readonly<Record<string, string | undefined>>;
  /** Whose tokens are trusted and how subgraphs are told of it; null passes requests on without an identity. */
  readonly identity: Identity | null;
  /** How much a client may ask; null for as much as it likes. */
  readonly rateLimits: RateLimitConfig | null;
}

/** How the gateway knows users, and is known to subgraphs. */
export interface Identity {
  readonly contextSecret: string;
  /** The GraphQL endpoint of the service that says which access tokens are good. */
  readonly usersUrl: string;
  /** How long tokens are accepted while that service cannot be asked, in milliseconds. */
  readonly revocationOutage: number;
}

/**
 * Reads settings and arguments. With `--supergraph FILE` (relative to where the command was typed) the gateway
 * runs alone over any supergraph: no key, no identity, subgraphs where the file says. Throws a `StartupError`.
 */
export function loadConfig(environment: NodeJS.ProcessEnv, argv: readonly string[]): Config {
  const values = parseArguments(argv);
  const folder = environment['INIT_CWD'] ?? process.cwd();
  const given = values.port === undefined ? environment : { ...environment, PORT: values.port };
  if (values.supergraph !== undefined) {
    const settings = parseSettings(alone, given);
    const file = resolve(folder, values.supergraph);
    return {
      ...fromSettings(settings, file),
      ...exposureOf(settings, null, folder),
      subgraphUrls: {},
      identity: null,
      rateLimits: null,
    };
  }
  const settings = parseSettings(platform, given, (sound) =>
    deploymentProblems(sound, {
      serves: ['clients'],
      calls: ['USERS_URL', 'PATIENTS_URL', 'APPOINTMENTS_URL'],
    }),
  );
  return {
    ...fromSettings(settings, fileURLToPath(new URL('../supergraph.graphql', import.meta.url))),
    ...exposureOf(settings, fileURLToPath(new URL('../trusted-documents.json', import.meta.url)), folder),
    subgraphUrls: {
      users: settings.USERS_URL,
      patients: settings.PATIENTS_URL,
      appointments: settings.APPOINTMENTS_URL,
    },
    identity: {
      contextSecret: settings.SERVICE_CONTEXT_SECRET,
      usersUrl: settings.USERS_URL ?? 'http://127.0.0.1:4001/graphql',
      revocationOutage: settings.REVOCATION_OUTAGE_SECONDS * 1_000,
    },
    rateLimits: { ...settings, secret: settings.SERVICE_CONTEXT_SECRET },
  };
}

function parseArguments(argv: readonly string[]): { supergraph?: string; port?: string } {
  try {
    return parseArgs({
      args: [...argv],
      options: { supergraph: { type: 'string' }, port: { type: 'string' } },
    }).values;
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'Unknown arguments';
    throw new StartupError(`${problem}. The gateway takes: --supergraph FILE [--port N]`, { cause: error });
  }
}

function fromSettings(
  settings: z.output<z.ZodObject<typeof general>>,
  file: string,
): Omit<Config, keyof Exposure | 'subgraphUrls' | 'identity' | 'rateLimits'> {
  return {
    production: settings.NODE_ENV === 'production',
    logLevel: settings.LOG_LEVEL,
    host: settings.HOST,
    port: settings.PORT,
    metricsPort: settings.METRICS_PORT,
    // Clients have no certificates: what the setting demands is meant for the services.
    tls: { ...settings, TLS_CLIENT_CA_FILE: undefined },
    subgraphTimeout: settings.SUBGRAPH_TIMEOUT_MS,
    supergraph: { file, watch: settings.SUPERGRAPH_WATCH },
    engine: settings.GATEWAY_ENGINE,
  };
}
