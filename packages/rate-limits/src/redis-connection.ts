import type { Logger } from '@caregraph/service-kit';
import { createClient } from '@redis/client';
import { z } from 'zod';

/** A Redis server: `redis://user:password@host:6379/0`, or `rediss://` for TLS. */
export const redisUrlSetting = z.url({
  protocol: /^rediss?$/,
  error: 'must be a URL such as redis://host:6379 or rediss://user:password@host:6379',
});

/** How long a connection may take to come about, and the longest pause between two attempts, in milliseconds. */
const connectTimeout = 2_000;
const longestPause = 2_000;

/** A connection that comes and goes with the server; what is sent while it is away fails at once. */
export type RedisConnection = ReturnType<typeof connectRedis>;

/**
 * Connects in the background, and again whenever the connection is lost: a Redis that is away neither keeps a process
 * from starting nor from ending. That it is away, and that it is back, is logged once each.
 */
export function connectRedis(url: string, logger: Logger) {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout, reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, longestPause) },
  });
  let isReachable = true;
  let isClosed = false;
  client.on('error', (error: unknown) => {
    if (isReachable && !isClosed)
      logger.warn({ err: error }, 'Redis is unreachable; limits are counted in memory');
    isReachable = false;
  });
  client.on('ready', () => {
    if (!isReachable) logger.info('Redis is reachable again; limits are counted there');
    isReachable = true;
  });
  client.connect().catch((error: unknown) => {
    // Attempts are repeated for ever, so that only closing ends them.
    if (!isClosed) logger.error({ err: error }, 'the connection to Redis has been given up');
  });
  return {
    client,
    close() {
      isClosed = true;
      client.destroy();
    },
  };
}
