import { encryptionProblems, encryptionSettings } from '@caregraph/encryption/encryption-settings';
import type { DatabaseUrls, ServiceName } from '@caregraph/postgres';
import {
  commonSettings,
  contextSecretSetting,
  databaseUrlSetting,
  parseSettings,
  wholeNumberSetting,
  type PlainConnection,
} from '@caregraph/service-kit/settings';
import path from 'node:path';
import { z } from 'zod';
import { settingsProblems } from './settings-checks.js';

const fixedPort = wholeNumberSetting(1, 65_535);

const schema = z.object({
  ...commonSettings,
  POSTGRES_PORT: fixedPort.default(54320),
  PORT: fixedPort.default(4000),
  USERS_PORT: fixedPort.default(4001),
  PATIENTS_PORT: fixedPort.default(4002),
  APPOINTMENTS_PORT: fixedPort.default(4003),
  CAREGRAPH_DATA_DIR: z.string().optional(),
  SERVICE_CONTEXT_SECRET: contextSecretSetting.optional(),
  ACCESS_TOKEN_KEYS_FILE: z.string().optional(),
  AUDIT_KEYS_FILE: z.string().optional(),
  ...encryptionSettings,
  AUDIT_CHECKPOINTS_DIRECTORY: z.string().optional(),
  TRUSTED_DOCUMENTS: z.enum(['also', 'only']).default('also'),
  USERS_DATABASE_URL: databaseUrlSetting.optional(),
  PATIENTS_DATABASE_URL: databaseUrlSetting.optional(),
  APPOINTMENTS_DATABASE_URL: databaseUrlSetting.optional(),
  USERS_MIGRATION_URL: databaseUrlSetting.optional(),
  PATIENTS_MIGRATION_URL: databaseUrlSetting.optional(),
  APPOINTMENTS_MIGRATION_URL: databaseUrlSetting.optional(),
});

/** The settings that the runner reads; its processes have others besides. */
export const settingNames: readonly string[] = Object.keys(schema.shape);

const tlsFiles = ['TLS_CERT_FILE', 'TLS_KEY_FILE', 'TLS_CA_FILE', 'TLS_CLIENT_CA_FILE'] as const;

/** The settings of the runner: where things are and listen. */
export interface Settings {
  production: boolean;
  /** Where the gateway listens; the services stay on 127.0.0.1. */
  host: string;
  postgresPort: number;
  gatewayPort: number;
  servicePorts: Record<ServiceName, number>;
  /** Holds the embedded data, the generated secrets and the logs. */
  dataDirectory: string;
  /** Somebody else's databases; undefined means the embedded server. */
  databases: Record<ServiceName, DatabaseUrls> | undefined;
  /** The certificates for connections between the processes and from clients, by the names of their settings. */
  tlsFiles: Partial<Record<(typeof tlsFiles)[number], string>>;
  /** The secret, and the files and folders, that were given, and so are not generated. */
  contextSecret: string | undefined;
  accessTokenKeysFile: string | undefined;
  auditKeysFile: string | undefined;
  masterKeyFile: string | undefined;
  masterKey: string | undefined;
  auditCheckpointsDirectory: string | undefined;
  /** Whether the gateway tells its schema and takes any operation, which Sandbox and Explorer are nothing without. */
  explorable: boolean;
}

/**
 * Reads the runner's settings. The databases are somebody else's when all three `*_DATABASE_URL` are set; a
 * `*_MIGRATION_URL` that is not set is then the same as its `*_DATABASE_URL`. Files are relative to where the command
 * was typed.
 *
 * @param connections what the command connects, so that production may refuse to leave it without TLS
 * @throws SettingsError with every problem
 */
export function readSettings(
  environment: NodeJS.ProcessEnv,
  root: string,
  connections: readonly PlainConnection[] = [],
): Settings {
  const given = parseSettings(schema, environment, (sound) => [
    ...settingsProblems(environment, sound, connections),
    // Where no key is given, the runner makes one.
    ...(sound.ENCRYPTION_MASTER_KEY === undefined ? [] : encryptionProblems(sound)),
  ]);
  const resolveFile = (file: string): string => path.resolve(environment['INIT_CWD'] ?? root, file);
  const givenFile = (file: string | undefined): string | undefined =>
    file === undefined ? undefined : resolveFile(file);
  const pair = (database: string | undefined, migration: string | undefined): DatabaseUrls | undefined =>
    database === undefined ? undefined : { databaseUrl: database, migrationUrl: migration ?? database };
  const users = pair(given.USERS_DATABASE_URL, given.USERS_MIGRATION_URL);
  const patients = pair(given.PATIENTS_DATABASE_URL, given.PATIENTS_MIGRATION_URL);
  const appointments = pair(given.APPOINTMENTS_DATABASE_URL, given.APPOINTMENTS_MIGRATION_URL);
  return {
    production: given.NODE_ENV === 'production',
    host: given.HOST,
    postgresPort: given.POSTGRES_PORT,
    gatewayPort: given.PORT,
    servicePorts: {
      users: given.USERS_PORT,
      patients: given.PATIENTS_PORT,
      appointments: given.APPOINTMENTS_PORT,
    },
    dataDirectory: path.resolve(root, given.CAREGRAPH_DATA_DIR ?? '.data'),
    databases: users && patients && appointments ? { users, patients, appointments } : undefined,
    contextSecret: given.SERVICE_CONTEXT_SECRET,
    tlsFiles: Object.fromEntries(
      tlsFiles.flatMap((name) => (given[name] === undefined ? [] : [[name, resolveFile(given[name])]])),
    ),
    accessTokenKeysFile: givenFile(given.ACCESS_TOKEN_KEYS_FILE),
    auditKeysFile: givenFile(given.AUDIT_KEYS_FILE),
    masterKeyFile: givenFile(given.ENCRYPTION_MASTER_KEY_FILE),
    masterKey: given.ENCRYPTION_MASTER_KEY,
    auditCheckpointsDirectory: givenFile(given.AUDIT_CHECKPOINTS_DIRECTORY),
    explorable: given.NODE_ENV !== 'production' && given.TRUSTED_DOCUMENTS === 'also',
  };
}
