import { SettingsError } from '@caregraph/service-kit/settings';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { readSettings, settingNames, type Settings } from './settings.js';

/** The folders of the processes. Each has a built `config.js`, which reads settings and does nothing else. */
const folders = ['subgraphs/users', 'subgraphs/patients', 'subgraphs/appointments', 'gateway'];

type LoadConfig = (environment: NodeJS.ProcessEnv, argv: readonly string[]) => unknown;
const configModule = z.object({
  loadConfig: z.custom<LoadConfig>((value) => typeof value === 'function'),
});

/**
 * Reads the runner's settings, and looks at those of all processes that it starts, before anything has been started.
 *
 * @throws SettingsError with every problem of all of them
 */
export async function readAllSettings(environment: NodeJS.ProcessEnv, root: string): Promise<Settings> {
  const problems = new Set<string>();
  const settings = collecting(problems, () =>
    readSettings(environment, root, ['database', 'services', 'clients']),
  );
  const own = new Set<string>();
  for (const folder of folders) {
    const file = path.join(root, folder, 'dist', 'config.js');
    const { loadConfig } = configModule.parse(await import(pathToFileURL(file).href));
    collecting(own, () => loadConfig({ ...environment, ...standIns() }, []));
  }
  for (const problem of own) {
    // Of its own settings the runner knows more: what it starts on one machine, and with which exceptions.
    if (!settingNames.some((name) => problem.startsWith(`${name}: `))) problems.add(problem);
  }
  if (settings === undefined || problems.size > 0) throw new SettingsError([...problems]);
  return settings;
}

/** What the runner gives the processes and does not know yet, in a form that nobody objects to. */
function standIns(): Record<string, string> {
  const database = 'postgresql://runner@localhost/database?sslmode=verify-full';
  const service = 'https://localhost/graphql';
  return {
    ...{ USERS_DATABASE_URL: database, PATIENTS_DATABASE_URL: database, APPOINTMENTS_DATABASE_URL: database },
    ...{ USERS_URL: service, PATIENTS_URL: service, APPOINTMENTS_URL: service },
    ...{ TLS_CERT_FILE: 'certificate', TLS_KEY_FILE: 'key', ACCESS_TOKEN_KEYS_FILE: 'keys' },
    ...{ AUDIT_KEYS_FILE: 'keys', AUDIT_CHECKPOINTS_DIRECTORY: 'checkpoints' },
    ...{ ENCRYPTION_MASTER_KEY_FILE: 'key', ENCRYPTION_MASTER_KEY: '' },
    SERVICE_CONTEXT_SECRET: randomBytes(48).toString('base64url'),
  };
}

function collecting<Result>(problems: Set<string>, read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const problem of error.problems) problems.add(problem);
    return undefined;
  }
}
