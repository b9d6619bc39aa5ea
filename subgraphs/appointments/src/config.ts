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
import { z } from 'zod';
import { timeZoneName } from './time-zone.js';

const settings = z.object({
  ...commonSettings,
  APPOINTMENTS_PORT: portSetting.default(4003),
  APPOINTMENTS_DATABASE_URL: databaseUrlSetting,
  ...contextSecretSettings,
  USERS_URL: httpUrlSetting.default('http://127.0.0.1:4001/graphql'),
  PATIENTS_URL: httpUrlSetting.default('http://127.0.0.1:4002/graphql'),
  SERVICE_TIMEOUT_MS: serviceTimeoutSetting,
  CLINIC_TIME_ZONE: timeZoneName.default('UTC'),
});

/** The settings of the appointments service. */
export type Config = z.output<typeof settings>;

/** Reads the settings; throws a `SettingsError` that names every problem. */
export function loadConfig(environment: NodeJS.ProcessEnv): Config {
  return parseSettings(settings, environment, (given) => deploymentProblems(given, { serves: ['services'] }));
}
