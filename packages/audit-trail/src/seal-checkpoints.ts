import type { Logger, ServiceName } from '@caregraph/service-kit';
import type { Pool } from 'pg';
import type { AuditKey } from './audit-keys.js';
import type { TrailTables } from './chain.js';
import { readCheckpointLine } from './checkpoint.js';
import { listCheckpointFiles, readLastLine } from './checkpoint-files.js';
import { isSignedBy, publicKeysOf, type CheckpointKey } from './checkpoint-signature.js';
import { createCheckpointWriter, type SealedEntry } from './checkpoint-writer.js';
import { readSealsToCover } from './seals-to-cover.js';

/** Writes checkpoints for what has been sealed. */
export interface CheckpointRound {
  /** Notes the seals that this process has added, from a sequence on. */
  sealed(added: { readonly first: number; readonly seals: readonly SealedEntry[] }): void;
  /**
   * Writes what is due: what this process has sealed; in the beginning, what one that crashed has sealed and not
   * written; after a failure, what could not be written.
   */
  write(): Promise<void>;
  close(): Promise<void>;
}

interface Options {
  readonly pool: Pool;
  readonly tables: TrailTables;
  readonly service: ServiceName;
  readonly keys: readonly AuditKey[];
  /** The one that signs. */
  readonly key: AuditKey;
  readonly directory: string;
  readonly logger: Logger;
  /** Hears of each checkpoint that is on the disk. */
  readonly onWritten: () => void;
}

/** How many of the newest files are read in the beginning; replicas that run at once have one each. */
const recentFiles = 50;

/**
 * Keeps what this process has covered without a gap: what other processes seal in between is covered again, so that
 * the files of one process alone tell the whole of its time.
 */
export function createCheckpointRound({
  pool,
  tables,
  logger,
  onWritten,
  ...options
}: Options): CheckpointRound {
  const { service, keys, key, directory } = options;
  const writer = createCheckpointWriter({ directory, service, key });
  /** The last sequence that is covered; undefined until it has been looked up. */
  let covered: number | undefined;
  let isDue = true;
  let firstSealed = Number.POSITIVE_INFINITY;
  /** What was sealed last: mostly all that is due, so that nothing needs to be read. */
  let latest: readonly SealedEntry[] = [];

  return {
    sealed({ first, seals }) {
      isDue = true;
      latest = seals;
      firstSealed = Math.min(firstSealed, first);
    },
    async write() {
      if (!isDue) return;
      covered ??= await lastCovered(directory, service, publicKeysOf(keys));
      if (firstSealed <= covered) {
        logger.error(
          { sequence: firstSealed, covered },
          'the audit trail ended before what its checkpoints have: was an older copy restored?',
        );
        covered = firstSealed - 1;
      }
      firstSealed = Number.POSITIVE_INFINITY;
      for (let last = covered; ;) {
        const isKnown = latest[0]?.sequence === last + 1;
        const seals = isKnown ? latest : await readSealsToCover(pool, tables, last, logger);
        const end = seals.at(-1);
        if (end === undefined) break;
        await writer.append(seals);
        onWritten();
        last = end.sequence;
        covered = last;
        latest = [];
        // What others seal after this they cover themselves.
        if (isKnown) break;
      }
      isDue = false;
    },
    close: () => writer.close(),
  };
}

async function lastCovered(
  directory: string,
  service: ServiceName,
  publicKeys: readonly CheckpointKey[],
): Promise<number> {
  const files = await listCheckpointFiles(directory, service);
  const recent = files.sort((a, b) => a.process.localeCompare(b.process) || a.number - b.number);
  let last = 0;
  for (const file of recent.slice(-recentFiles)) {
    const line = await readLastLine(file.path);
    const read = line === undefined ? null : readCheckpointLine(line);
    if (read !== null && isSignedBy(read, publicKeys)) last = Math.max(last, read.checkpoint.to);
  }
  return last;
}
