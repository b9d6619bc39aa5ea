import {
  commonSettings,
  contextSecretSetting,
  databaseUrlSetting,
  parseSettings,
  portSetting,
} from '@caregraph/service-kit';
import { z } from 'zod';

const settings = z.object({
  ...commonSettings,
  PATIENTS_PORT: portSetting.default(4002),
  PATIENTS_DATABASE_URL: databaseUrlSetting,
  SERVICE_CONTEXT_SECRET: contextSecretSetting,
});

/** The settings of the patients service. */
export type Config = z.output<typeof settings>;

/** Reads the settings; throws a `SettingsError` that names every problem. */
export function loadConfig(environment: NodeJS.ProcessEnv): Config {
  return parseSettings(settings, environment);
}
