import type { AuditRecorder } from '@caregraph/audit-trail';
import type { Logger } from '@caregraph/service-kit';
import { transact, type Database } from './database.js';
import type { SlotHoldRepository } from './slot-hold-repository.js';

/** How many holds one statement removes, each under the lock of its doctor. */
const batchSize = 100;
/** How many statements a round has at most. */
const mostBatches = 100;
/** The time between two rounds, in milliseconds. */
const interval = 15 * 60_000;

interface HousekeepingOptions {
  readonly database: Database;
  readonly holds: SlotHoldRepository;
  /** In whose name the holds are removed. */
  readonly actor: () => Pick<AuditRecorder, 'changeContext'>;
  readonly logger: Logger;
}

/**
 * Removes holds that have expired, now and every quarter of an hour; returns what ends that. They are in nobody's way:
 * whoever holds another time of the same doctor removes them, too.
 */
export function startHoldHousekeeping(options: HousekeepingOptions): () => Promise<void> {
  const { database, holds, actor, logger } = options;
  let stopped = false;
  let round = Promise.resolve();

  async function clean(): Promise<void> {
    try {
      const inName = actor();
      for (let batch = 0; batch < mostBatches && !stopped; batch += 1) {
        const removed = await transact(database, inName, (transaction, whoActs) =>
          holds.deleteExpired(transaction, whoActs, batchSize),
        );
        if (removed < batchSize) return;
      }
    } catch (error) {
      logger.warn({ err: error }, 'expired holds could not be removed; the next round will try again');
    }
  }

  const run = (): void => {
    round = round.then(clean);
  };
  run();
  const timer = setInterval(run, interval);
  timer.unref();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await round;
  };
}
