import type { Logger } from '@caregraph/service-kit';
import type { Actor } from './database.js';
import type { SessionRepository } from './session-repository.js';

/** How many sessions one statement removes, so that none holds locks for long. */
const batchSize = 500;
/** The time between two rounds, in milliseconds. */
const interval = 60 * 60 * 1_000;

interface HousekeepingOptions {
  readonly sessions: SessionRepository;
  /** In whose name the sessions are removed. */
  readonly actor: () => Actor;
  /** How long a session is kept after its end, in days. */
  readonly retention: number;
  readonly logger: Logger;
}

/** Removes sessions that have been over for long, now and every hour; returns what ends that. */
export function startSessionHousekeeping(options: HousekeepingOptions): () => Promise<void> {
  const { sessions, actor, retention, logger } = options;
  let stopped = false;
  let round = Promise.resolve();

  async function clean(): Promise<void> {
    const before = new Date(Date.now() - retention * 24 * 60 * 60 * 1_000);
    try {
      const inName = actor();
      let removed = 0;
      let batch = batchSize;
      while (batch === batchSize && !stopped) {
        batch = await sessions.removeOver(before, batchSize, inName);
        removed += batch;
      }
      if (removed > 0) logger.info({ removed }, 'removed old sessions');
    } catch (error) {
      logger.warn({ err: error }, 'old sessions could not be removed; the next round will try again');
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
