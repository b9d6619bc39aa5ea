import {
  encryptionProblems,
  encryptionSettings,
  type EncryptionSettings,
} from '@caregraph/encryption/encryption-settings';
import { databaseUrlSetting, parseSettings } from '@caregraph/service-kit/settings';
import { z } from 'zod';
import type { Databases } from './owner-sessions.js';

const schema = z.object({
  NODE_ENV: z
    .string()
    .optional()
    .refine((value) => value !== 'production', 'made-up data does not belong into production'),
  USERS_MIGRATION_URL: databaseUrlSetting,
  PATIENTS_MIGRATION_URL: databaseUrlSetting,
  APPOINTMENTS_MIGRATION_URL: databaseUrlSetting,
  ...encryptionSettings,
});

/** What the seed needs: the databases, and the key of what it encrypts. */
export interface SeedSettings {
  readonly databases: Databases;
  readonly encryption: EncryptionSettings;
}

/**
 * Reads how to reach the three databases as their owners, and where the master key is.
 *
 * @throws SettingsError with every problem; production is one
 */
export function readSettings(environment: NodeJS.ProcessEnv): SeedSettings {
  const given = parseSettings(schema, environment, encryptionProblems);
  return {
    databases: {
      users: { migrationUrl: given.USERS_MIGRATION_URL },
      patients: { migrationUrl: given.PATIENTS_MIGRATION_URL },
      appointments: { migrationUrl: given.APPOINTMENTS_MIGRATION_URL },
    },
    encryption: given,
  };
}
