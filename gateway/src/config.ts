import {
  booleanSetting,
  commonSettings,
  contextSecretSettings,
  deploymentProblems,
  httpUrlSetting,
  parseSettings,
  portSetting,
  serviceTimeoutSetting,
  StartupError,
  type TlsSettings,
} from '@caregraph/service-kit';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { z } from 'zod';

const general = {
  ...commonSettings,
  PORT: portSetting.default(4000),
  SUBGRAPH_TIMEOUT_MS: serviceTimeoutSetting,
  SUPERGRAPH_WATCH: booleanSetting.default(false),
};

const platform = z.object({
  ...general,
  ...contextSecretSettings,
  JWKS_URL: httpUrlSetting.default('http://127.0.0.1:4001/.well-known/jwks.json'),
  USERS_URL: httpUrlSetting.optional(),
  PATIENTS_URL: httpUrlSetting.optional(),
  APPOINTMENTS_URL: httpUrlSetting.optional(),
});

/** What the gateway runs with. */
export interface Config {
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
  /** Where subgraphs are that are not where the supergraph says, by name. */
  readonly subgraphUrls: Readonly<Record<string, string | undefined>>;
  /** Whose tokens are trusted and how subgraphs are told of it; null passes requests on without an identity. */
  readonly identity: { readonly jwksUrl: string; readonly contextSecret: string } | null;
}

/**
 * Reads settings and arguments. With `--supergraph FILE` (relative to where the command was typed) the gateway
 * runs alone over any supergraph: no key, no identity, subgraphs where the file says. Throws a `StartupError`.
 */
export function loadConfig(environment: NodeJS.ProcessEnv, argv: readonly string[]): Config {
  const values = parseArguments(argv);
  const given = values.port === undefined ? environment : { ...environment, PORT: values.port };
  if (values.supergraph !== undefined) {
    const settings = parseSettings(z.object(general), given);
    const file = resolve(environment['INIT_CWD'] ?? process.cwd(), values.supergraph);
    return { ...fromSettings(settings, file), subgraphUrls: {}, identity: null };
  }
  const settings = parseSettings(platform, given, (sound) =>
    deploymentProblems(sound, {
      serves: 'clients',
      calls: ['USERS_URL', 'PATIENTS_URL', 'APPOINTMENTS_URL'],
    }),
  );
  return {
    ...fromSettings(settings, fileURLToPath(new URL('../supergraph.graphql', import.meta.url))),
    subgraphUrls: {
      users: settings.USERS_URL,
      patients: settings.PATIENTS_URL,
      appointments: settings.APPOINTMENTS_URL,
    },
    identity: { jwksUrl: settings.JWKS_URL, contextSecret: settings.SERVICE_CONTEXT_SECRET },
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
): Omit<Config, 'subgraphUrls' | 'identity'> {
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
  };
}
