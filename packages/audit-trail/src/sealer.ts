import type { Logger, Metrics, ServiceName } from '@caregraph/service-kit';
import type { Pool } from 'pg';
import type { AuditKey } from './audit-keys.js';
import { trailTables } from './chain.js';
import { createCheckpointRound } from './seal-checkpoints.js';
import { prepareCheckpointsDirectory } from './checkpoint-writer.js';
import { sealEntries } from './seal-entries.js';
import { createSealSearch, type Unsealed } from './seal-search.js';

/** Seals the entries of a trail in the background. */
export interface Sealer {
  /** Seals what has come by now, up to some 20,000 entries, and ends. Never rejects. */
  close(): Promise<void>;
}

export interface SealerOptions {
  readonly service: ServiceName;
  readonly pool: Pool;
  readonly schema: string;
  /** All that may have signed what is there. */
  readonly keys: readonly AuditKey[];
  /** The one that signs. */
  readonly key: AuditKey;
  readonly metrics: Pick<Metrics, 'auditSealed' | 'auditCheckpointed'>;
  /** A directory that the database server cannot reach. */
  readonly checkpointsDirectory: string;
  /** From the end of a round to the next, in milliseconds. */
  readonly interval: number;
  readonly logger: Logger;
}

/** An entry that has waited this long for its seal is worth a warning, in seconds. */
const longWait = 5;
/** How many looks a service that ends still takes at what is new; what is left then is for the next process. */
const looksWhenClosing = 4;

/**
 * Starts sealing. Each round gives the new entries a place in the chain, in one short transaction that locks nothing
 * which a request waits for, and writes a signed checkpoint outside the database. What a round cannot do is done by a
 * later one, of this process or another. Throws a `StartupError` where checkpoints cannot be written.
 */
export function startSealer({ service, pool, schema, logger, interval, ...options }: SealerOptions): Sealer {
  const { key, keys, metrics, checkpointsDirectory: directory } = options;
  prepareCheckpointsDirectory(directory, key);
  const tables = trailTables(schema);
  const search = createSealSearch(pool, tables);
  const checkpoints = createCheckpointRound({
    ...{ pool, tables, service, keys, key, directory, logger },
    onWritten: metrics.auditCheckpointed,
  });
  const warn = warnOnce(logger);
  // Nobody knows more yet; where no round ever succeeds, it grows old.
  metrics.auditSealed(new Date());
  let timer: NodeJS.Timeout | undefined;
  let isClosing = false;
  let running = Promise.resolve();

  /** Seals what a look has found; false where another process is sealing just now. */
  async function seal({ ids }: Unsealed): Promise<boolean> {
    if (ids.length === 0) return true;
    const sealing = await sealEntries(pool, tables, ids);
    if (sealing.kind === 'busy') return false;
    checkpoints.sealed(sealing);
    await checkpoints.write();
    return true;
  }

  /** Seals what is new, and looks at a slice of what is old: however long the trail is, what is new does not wait. */
  async function round(): Promise<void> {
    let oldestAge = 0;
    const startedAt = new Date();
    try {
      for (let looks = 1; ; looks += 1) {
        const unsealed = await search.look();
        const isSealed = await seal(unsealed);
        oldestAge = isSealed ? 0 : unsealed.oldestAge;
        if (!isSealed || !unsealed.hasMore || (isClosing && looks >= looksWhenClosing)) break;
      }
      const older = await search.lookBack();
      if (!(await seal(older))) oldestAge = Math.max(oldestAge, older.oldestAge);
      await checkpoints.write();
      metrics.auditSealed(new Date(startedAt.getTime() - oldestAge * 1_000));
      warn(oldestAge > longWait ? { oldestUnsealedSeconds: Math.round(oldestAge) } : null);
    } catch (err) {
      warn({ err });
    }
  }

  function schedule(): void {
    if (isClosing) return;
    timer = setTimeout(() => {
      running = round().finally(schedule);
    }, interval);
    timer.unref();
  }

  schedule();
  return {
    async close() {
      isClosing = true;
      clearTimeout(timer);
      await running;
      await round();
      await checkpoints.close();
    },
  };
}

/** Warns when sealing begins to fail or to fall behind, and tells when it works again; not of each round between. */
function warnOnce(logger: Logger): (problem: object | null) => void {
  let isTroubled = false;
  return (problem) => {
    if (problem !== null && !isTroubled) logger.warn(problem, 'audit entries are not sealed');
    if (problem === null && isTroubled) logger.info('audit entries are sealed again');
    isTroubled = problem !== null;
  };
}
