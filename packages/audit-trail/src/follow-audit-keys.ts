import type { Logger } from '@caregraph/service-kit';
import { readAuditKeys, type AuditKey } from './audit-keys.js';

/** How often the file is read, in milliseconds: a watch would miss what a mounted secret's symbolic link points to. */
const readingInterval = 1_000;

/** The keys of the file, as it is now. */
export interface FollowedAuditKeys {
  /** Oldest first. */
  readonly all: readonly AuditKey[];
  /** Always the newest: which one that is changes between two calls that something is awaited between. */
  readonly signing: AuditKey;
  /** Reads the file now, beside the usual turns. */
  reload(): void;
  stop(): void;
}

/**
 * Opens the file of `AUDIT_KEYS_FILE` and follows its changes. While it is missing, or does not hold keys, those that
 * were read last stay. Throws a `StartupError` where it cannot be used from the beginning.
 */
export function followAuditKeys(file: string, logger: Logger): FollowedAuditKeys {
  let all = readAuditKeys(file);
  let isReadable = true;

  function newest(): AuditKey {
    const key = all.at(-1);
    if (key === undefined) throw new Error('A key set is never empty.');
    return key;
  }

  function reload(): void {
    try {
      all = readAuditKeys(file);
      if (!isReadable) logger.info('the audit keys can be read again');
      isReadable = true;
    } catch (err) {
      if (isReadable) logger.error({ err }, 'the audit keys cannot be read; the last ones stay');
      isReadable = false;
    }
  }

  const timer = setInterval(reload, readingInterval);
  timer.unref();
  return {
    get all() {
      return all;
    },
    signing: {
      get id() {
        return newest().id;
      },
      get publicKey() {
        return newest().publicKey;
      },
      sign: (text) => newest().sign(text),
      attest: (text) => newest().attest(text),
    },
    reload,
    stop() {
      clearInterval(timer);
    },
  };
}
