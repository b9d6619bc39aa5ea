import { redisUrlSetting } from '@caregraph/rate-limits';
import {
  booleanSetting,
  commonSettings,
  contextSecretSettings,
  databaseUrlSetting,
  deploymentProblems,
  parseSettings,
  portSetting,
  wholeNumberSetting,
} from '@caregraph/service-kit';
import { auditSettings } from '@caregraph/audit-trail';
import { z } from 'zod';
import { longestAccessTokenLife } from './access-token-limits.js';

/** bcrypt's cost: each step doubles the work of a login, and of guessing. */
const passwordHashCost = wholeNumberSetting(4, 16).default(12);

/** NIST SP 800-63B-4, section 3.1.1.2: 15 where the password is all there is, never less than 8. */
const passwordMinimumLength = wholeNumberSetting(8, 64).default(15);

const settings = z.object({
  ...commonSettings,
  USERS_PORT: portSetting.default(4001),
  USERS_DATABASE_URL: databaseUrlSetting,
  ...contextSecretSettings,
  ...auditSettings,
  ACCESS_TOKEN_KEYS_FILE: z.string(),
  ACCESS_TOKEN_SECONDS: wholeNumberSetting(30, longestAccessTokenLife).default(600),
  SESSION_IDLE_SECONDS: wholeNumberSetting(60).default(2 * 60 * 60),
  SESSION_SECONDS: wholeNumberSetting(60).default(12 * 60 * 60),
  REFRESH_GRACE_SECONDS: wholeNumberSetting(0, 60).default(10),
  SESSION_RETENTION_DAYS: wholeNumberSetting(1, 36_500).default(90),
  PASSWORD_HASH_COST: passwordHashCost,
  PASSWORD_MIN_LENGTH: passwordMinimumLength,
  REDIS_URL: redisUrlSetting.optional(),
  ALLOW_DEMO_ACCOUNTS: booleanSetting.default(false),
});

const adminSettings = z.object({
  NODE_ENV: commonSettings.NODE_ENV,
  ALLOW_PLAIN_CONNECTIONS: commonSettings.ALLOW_PLAIN_CONNECTIONS,
  USERS_DATABASE_URL: databaseUrlSetting,
  AUDIT_KEYS_FILE: auditSettings.AUDIT_KEYS_FILE,
  PASSWORD_HASH_COST: passwordHashCost,
  PASSWORD_MIN_LENGTH: passwordMinimumLength,
  ADMIN_PASSWORD: z.string().optional(),
});

/** The settings of the users service. */
export type Config = z.output<typeof settings>;

/** Reads the settings; throws a `SettingsError` that names every problem. */
export function loadConfig(environment: NodeJS.ProcessEnv): Config {
  return parseSettings(settings, environment, (given) => [
    ...deploymentProblems(given, { serves: ['services'] }),
    ...hashCostProblems(given),
  ]);
}

/** Reads what `npm run admin:create` needs; throws a `SettingsError` that names every problem. */
export function loadAdminConfig(environment: NodeJS.ProcessEnv): z.output<typeof adminSettings> {
  return parseSettings(adminSettings, environment, (given) => [
    ...deploymentProblems(given, { serves: [] }),
    ...hashCostProblems(given),
  ]);
}

/** Less than 10 is for tests (OWASP Password Storage Cheat Sheet, "bcrypt"). */
function hashCostProblems({ NODE_ENV, PASSWORD_HASH_COST: cost }: Partial<z.output<typeof adminSettings>>) {
  return NODE_ENV === 'production' && cost !== undefined && cost < 10
    ? ['PASSWORD_HASH_COST: must be at least 10 in production']
    : [];
}
