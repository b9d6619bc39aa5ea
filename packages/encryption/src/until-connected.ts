import { isPassingConnectionFailure } from '@caregraph/service-kit/connection-failure';
import type { Logger } from '@caregraph/service-kit';
import pRetry from 'p-retry';

/** How long to wait for a database unless told otherwise, in milliseconds: one that is just being started, or taken over. */
const defaultPatience = 60_000;
/** The pauses between two tries, in milliseconds: each twice as long as the one before. */
const firstPause = 250;
const longestPause = 10_000;

/** Runs `work` again, which does no harm, for as long as the database cannot be connected to; then fails as it did. */
export function untilConnected<Result>(
  work: () => Promise<Result>,
  {
    logger,
    patience = defaultPatience,
  }: { readonly logger: Pick<Logger, 'warn'>; readonly patience: number | undefined },
): Promise<Result> {
  return pRetry(work, {
    retries: Infinity,
    minTimeout: firstPause,
    maxTimeout: longestPause,
    maxRetryTime: patience,
    shouldRetry({ error, attemptNumber }) {
      if (!isPassingConnectionFailure(error)) return false;
      logger.warn({ err: error, attempt: attemptNumber }, 'the database cannot be connected to yet');
      return true;
    },
  });
}
