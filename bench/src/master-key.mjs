import { createHash } from 'node:crypto';

/** The setting with the key of the benchmark's data, which are made up: the same in every run, so that they can be kept. */
export const masterKeySetting = {
  ENCRYPTION_MASTER_KEY: `benchmark ${createHash('sha256').update('made-up patients').digest('base64')}`,
};
