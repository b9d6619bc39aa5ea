import type { Logger, ProcessTls } from '@caregraph/service-kit';
import { createHmac, randomBytes } from 'node:crypto';
import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';
import { connectRedis } from './redis-connection.js';

/** What a key's count is, and in how many milliseconds it is forgotten. */
export interface Count {
  readonly count: number;
  readonly milliseconds: number;
}

/** Counts by key. A key is forgotten a fixed time after it was first counted, however often it is counted then. */
export interface Counter {
  /** Counts, in one step that nobody else can come between, and returns the new count. `seconds` is for a new key. */
  add(key: string, by?: number, seconds?: number): Promise<Count>;
  /** The count; null where nothing has been counted. */
  get(key: string): Promise<Count | null>;
  /** Forgets a key; whether there was one, which is true for one only of several that ask at once. */
  remove(key: string): Promise<boolean>;
}

/** So many points in so many seconds for each key. */
export interface Limit {
  /** Takes points; null when they were there, else in how many milliseconds there are new ones. */
  take(key: string, points?: number): Promise<number | null>;
}

/** The counts of one process, or of all that share a Redis. */
export interface RateLimits {
  counter(name: string, seconds: number): Counter;
  limit(name: string, points: number, seconds: number): Limit;
  close(): void;
}

export interface RateLimitsOptions {
  /** Absent: each process counts for itself, in memory. */
  readonly redisUrl?: string | undefined;
  /** Whom to trust where that is `rediss:`, and what to show there; what Node trusts, and nothing, unless given. */
  readonly tls?: ProcessTls;
  /** Keys are kept as a keyed digest, because they are made of addresses of people and machines. */
  readonly secret?: string | undefined;
  readonly logger: Logger;
}

/**
 * Counts attempts and requests with rate-limiter-flexible. While Redis is unreachable, or takes too long, each process
 * goes on by counts of its own, in memory, which begin at nothing.
 */
export function createRateLimits({ redisUrl, tls, secret, logger }: RateLimitsOptions): RateLimits {
  const redis = redisUrl === undefined ? null : connectRedis(redisUrl, logger, tls);
  const digestKey = secret ?? randomBytes(32);
  const digest = (key: string): string => createHmac('sha256', digestKey).update(key).digest('base64url');

  /** Counts in Redis where that answers in time, else in memory. */
  function createLimiter(name: string, points: number, duration: number): Counting {
    const options = { keyPrefix: `caregraph:${name}`, points, duration };
    const memory = new RateLimiterMemory(options);
    if (redis === null) return (count) => count(memory);
    const limiter = new RateLimiterRedis({
      ...options,
      storeClient: redis.client,
      useRedisPackage: true,
      // Whoever is over a limit stays so until the points are renewed: a flood does not reach Redis.
      inMemoryBlockOnConsumed: points + 1,
    });
    return async (count) => {
      if (!redis.answers()) return count(memory);
      try {
        return await redis.inTime(count(limiter));
      } catch (error) {
        if (error instanceof RateLimiterRes) throw error;
        return count(memory);
      }
    };
  }

  return {
    counter(name, seconds) {
      const counting = createLimiter(name, Number.MAX_SAFE_INTEGER - 1, seconds);
      return {
        async add(key, by = 1, duration = seconds) {
          const options = { customDuration: duration };
          return toCount(await counting((limiter) => limiter.penalty(digest(key), by, options)));
        },
        async get(key) {
          const found = await counting((limiter) => limiter.get(digest(key)));
          return found === null || found.msBeforeNext <= 0 ? null : toCount(found);
        },
        remove: (key) => counting((limiter) => limiter.delete(digest(key))),
      };
    },
    limit(name, points, seconds) {
      const counting = createLimiter(name, points, seconds);
      return {
        async take(key, wanted = 1) {
          try {
            await counting((limiter) => limiter.consume(digest(key), wanted));
            return null;
          } catch (refusal) {
            if (refusal instanceof RateLimiterRes) return refusal.msBeforeNext;
            throw refusal;
          }
        },
      };
    },
    close() {
      redis?.close();
    },
  };
}

/** Makes one count with the limiter that is to be used at that moment. */
type Counting = <Result>(count: (limiter: RateLimiterAbstract) => Promise<Result>) => Promise<Result>;

function toCount({ consumedPoints, msBeforeNext }: RateLimiterRes): Count {
  return { count: consumedPoints, milliseconds: msBeforeNext };
}
