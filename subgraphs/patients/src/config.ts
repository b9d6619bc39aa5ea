import {
  commonSettings,
  contextSecretSettings,
  databaseUrlSetting,
  deploymentProblems,
  httpUrlSetting,
  parseSettings,
  portSetting,
  serviceTimeoutSetting,
} from '@caregraph/service-kit';
import { auditSettings } from '@caregraph/audit-trail';
import { encryptionProblems, encryptionSettings } from '@caregraph/encryption';
import { z } from 'zod';

const settings = z.object({
  ...commonSettings,
  PATIENTS_PORT: portSetting.default(4002),
  PATIENTS_DATABASE_URL: databaseUrlSetting,
  ...contextSecretSettings,
  ...auditSettings,
  ...encryptionSettings,
  USERS_URL: httpUrlSetting.default('http://127.0.0.1:4001/graphql'),
  SERVICE_TIMEOUT_MS: serviceTimeoutSetting,
});

/** The settings of the patients service. */
export type Config = z.output<typeof settings>;

/** Reads the settings; throws a `SettingsError` that names every problem. */
export function loadConfig(environment: NodeJS.ProcessEnv): Config {
  return parseSettings(settings, environment, (given) => [
    ...deploymentProblems(given, { serves: ['services'] }),
    ...encryptionProblems(given),
  ]);
}
