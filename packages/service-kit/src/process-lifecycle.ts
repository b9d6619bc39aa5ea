import type { Logger } from './logger.js';
import { StartupError } from './startup-error.js';

/** Something that runs until it is stopped. */
export interface Running {
  /** Takes no new work, finishes what is under way, and frees everything. */
  stop(): Promise<void>;
}

/** How long a process may take to finish what is under way, in milliseconds. */
const drainTime = 10_000;

/**
 * The whole life of a process: starts it, stops it once on SIGTERM, SIGINT or when the parent that started it is
 * gone, and ends it. What a person can mend (settings, a port that is taken) is told on standard error in a
 * sentence, with exit code 1 and without a stack.
 */
export async function runProcess(logger: Logger, start: () => Promise<Running>): Promise<void> {
  // Listened to before the start, which takes a while: a parent that dies meanwhile must not leave an orphan.
  const told = new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, resolve);
    process.on('disconnect', () => {
      resolve('the parent process is gone');
    });
  });
  const running = Promise.resolve().then(start);
  running.catch((error: unknown) => {
    if (error instanceof StartupError) process.stderr.write(`${error.message}\n`);
    else logger.fatal({ err: error }, 'could not start');
    process.exit(1);
  });
  const reason = await told;
  logger.info({ reason }, 'stopping');
  setTimeout(() => {
    logger.error('did not finish in time, ending now');
    process.exit(1);
  }, drainTime).unref();
  try {
    await (await running).stop();
  } catch (error) {
    logger.error({ err: error }, 'could not stop cleanly');
    process.exit(1);
  }
  logger.info('stopped');
  process.exit(0);
}
