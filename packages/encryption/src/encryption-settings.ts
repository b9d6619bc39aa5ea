import { z } from 'zod';

/** The settings of a process that reads or writes encrypted text; exactly one of the two keys is needed. */
export const encryptionSettings = {
  /**
   * A file of master keys: a line for each, `<id> <32 bytes in base64>`, where `#` begins a comment. The last one wraps
   * new data keys, the others unwrap those from before.
   */
  ENCRYPTION_MASTER_KEY_FILE: z.string().optional(),
  /** What such a file holds, for where there is none. */
  ENCRYPTION_MASTER_KEY: z.string().optional(),
};

export type EncryptionSettings = z.output<z.ZodObject<typeof encryptionSettings>>;

/** What is wrong with the two settings together, for the check of `parseSettings`. */
export function encryptionProblems(given: Partial<EncryptionSettings>): string[] {
  const { ENCRYPTION_MASTER_KEY_FILE: file, ENCRYPTION_MASTER_KEY: text } = given;
  if (file === undefined && text === undefined) {
    return ['ENCRYPTION_MASTER_KEY_FILE: is required (or ENCRYPTION_MASTER_KEY)'];
  }
  return file !== undefined && text !== undefined
    ? ['ENCRYPTION_MASTER_KEY: must not be set beside ENCRYPTION_MASTER_KEY_FILE']
    : [];
}
