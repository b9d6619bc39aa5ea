import type { Logger, ProcessTls } from '@caregraph/service-kit';
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
/** How long an answer may take, in milliseconds, and how many in a row may be late before none is waited for. */
const answerTimeout = 250;
const lateAnswers = 3;
/** How often the server is asked whether it is there, and after what silence it is connected to anew, in milliseconds. */
const pingInterval = 1_000;
const socketTimeout = 3_000;
/** For how long a server that was late is left alone at least, in milliseconds, unless it is connected to anew. */
const rest = 5_000;
/** How many commands may wait for their answers. */
const longestQueue = 1_000;

/** A connection that comes and goes with the server; what is sent while it is away fails at once. */
export type RedisConnection = ReturnType<typeof connectRedis>;

/**
 * Connects in the background, and again whenever the connection is lost: a Redis that is away, or accepts connections
 * and answers nothing, neither keeps a process from starting nor from ending. That it is away, and that it is back, is
 * logged once each. Where the URL is `rediss:`, it is trusted as `tls` says, or else as Node does.
 */
export function connectRedis(url: string, logger: Logger, tls?: ProcessTls) {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: longestQueue,
    pingInterval,
    socket: {
      connectTimeout,
      socketTimeout,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, longestPause),
      ...(tls !== undefined && new URL(url).protocol === 'rediss:' && encryption(tls)),
    },
  });
  let isReachable = true;
  let isClosed = false;
  let late = 0;
  let restsUntil = 0;

  function lose(error: unknown): void {
    if (isReachable && !isClosed)
      logger.warn({ err: error }, 'Redis is unreachable; limits are counted in memory');
    isReachable = false;
  }
  function find(): void {
    if (!isReachable) logger.info('Redis is reachable again; limits are counted there');
    isReachable = true;
    late = 0;
  }
  client.on('error', lose);
  client.on('ready', find);
  client.on('ping-interval', () => {
    if (!isReachable && Date.now() >= restsUntil) find();
  });
  client.connect().catch((error: unknown) => {
    // Attempts are repeated for ever, so that only closing ends them.
    if (!isClosed) logger.error({ err: error }, 'the connection to Redis has been given up');
  });

  return {
    client,
    /** Whether it is worth asking: the server is connected, and has not been late again and again. */
    answers: () => isReachable && client.isReady,
    /** Waits for what was asked of the server, and throws when that is late; what it comes to then is dropped. */
    async inTime<Result>(asked: Promise<Result>): Promise<Result> {
      let timer: NodeJS.Timeout | undefined;
      const lateness = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          const error = new Error(`Redis has not answered for ${answerTimeout} ms.`);
          late += 1;
          if (late >= lateAnswers && isReachable) {
            restsUntil = Date.now() + rest;
            lose(error);
          }
          reject(error);
        }, answerTimeout);
      });
      try {
        const result = await Promise.race([asked, lateness]);
        late = 0;
        return result;
      } finally {
        clearTimeout(timer);
      }
    },
    close() {
      isClosed = true;
      client.destroy();
    },
  };
}

/** Certificates are renewed while the process runs: each new connection is made with what there is then. */
function encryption(tls: ProcessTls) {
  const secureContext = {
    get context(): unknown {
      return Reflect.get(tls.calling(), 'context') as unknown;
    },
  };
  return { tls: true as const, secureContext };
}
