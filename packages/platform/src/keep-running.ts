import type { Cluster } from '@caregraph/postgres';
import { setTimeout as delay } from 'node:timers/promises';

/** How long to wait before the next try after one that failed, in milliseconds. */
const pause = 5_000;

/**
 * Starts the embedded server again, with `restart`, whenever it goes away under us, and tells of it.
 *
 * @returns what stops it for good: also a server that is only just being started
 */
export function keepRunning(
  cluster: Pick<Cluster, 'lost' | 'stop'>,
  restart: () => Promise<Pick<Cluster, 'lost' | 'stop'>>,
  report: (line: string) => void,
): () => Promise<void> {
  let stopping = false;
  let latest = cluster;
  let start: Promise<void> | undefined;
  const watchOver = async (): Promise<void> => {
    await cluster.lost;
    while (!stopping) {
      report('PostgreSQL has gone away; starting it again.');
      try {
        start = restart().then((restarted) => {
          latest = restarted;
        });
        await start;
        report('PostgreSQL is back.');
        await latest.lost;
      } catch (error) {
        report(error instanceof Error ? error.message : String(error));
        await delay(pause, undefined, { ref: false });
      }
    }
  };
  void watchOver();
  return async () => {
    stopping = true;
    // Why a start failed has been told above.
    await start?.catch(() => undefined);
    await latest.stop();
  };
}
