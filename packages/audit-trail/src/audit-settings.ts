import { wholeNumberSetting } from '@caregraph/service-kit';
import { z } from 'zod';

/** The settings of a process that keeps a trail. */
export const auditSettings = {
  /** A JWK set of Ed25519 private keys. */
  AUDIT_KEYS_FILE: z.string(),
  /** A directory that the database server cannot reach, for signed checkpoints. */
  AUDIT_CHECKPOINTS_DIRECTORY: z.string(),
  /** The longest time between an entry and its seal, in milliseconds. */
  AUDIT_SEAL_INTERVAL_MS: wholeNumberSetting(50, 60_000).default(1_000),
};

export type AuditSettings = z.output<z.ZodObject<typeof auditSettings>>;
