import {
  commonSettings,
  contextSecretSettings,
  databaseUrlSetting,
  deploymentProblems,
  httpUrlSetting,
  parseSettings,
  portSetting,
  serviceTimeoutSetting,
  wholeNumberSetting,
} from '@caregraph/service-kit';
import { auditSettings } from '@caregraph/audit-trail';
import { encryptionProblems, encryptionSettings } from '@caregraph/encryption';
import { z } from 'zod';
import { timeZoneName } from './time-zone.js';

const settings = z.object({
  ...commonSettings,
  APPOINTMENTS_PORT: portSetting.default(4003),
  APPOINTMENTS_DATABASE_URL: databaseUrlSetting,
  ...contextSecretSettings,
  ...auditSettings,
  ...encryptionSettings,
  USERS_URL: httpUrlSetting.default('http://127.0.0.1:4001/graphql'),
  PATIENTS_URL: httpUrlSetting.default('http://127.0.0.1:4002/graphql'),
  SERVICE_TIMEOUT_MS: serviceTimeoutSetting,
  // Less than the time between two slow answers would be an outage now and then.
  RESTRICTIONS_OUTAGE_SECONDS: wholeNumberSetting(5, 86_400).default(600),
  CLINIC_TIME_ZONE: timeZoneName.default('UTC'),
});

/** The settings of the appointments service. */
export type Config = z.output<typeof settings>;

/** Reads the settings; throws a `SettingsError` that names every problem. */
export function loadConfig(environment: NodeJS.ProcessEnv): Config {
  return parseSettings(settings, environment, (given) => [
    ...encryptionProblems(given),
    ...deploymentProblems(given, { serves: ['services'] }),
  ]);
}
