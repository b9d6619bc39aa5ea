import { createRateLimits, type RateLimits } from '@caregraph/rate-limits';
import { createLogger, type Logger } from '@caregraph/service-kit';
import { createClient } from '@redis/client';
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { startGatewayProcess } from '../e2e/platform/gateway-process.js';
import { createGraphqlClient } from '../e2e/platform/graphql-client.js';
import { findLastingPort } from '../e2e/platform/lasting-port.js';
import {
  redisServerPath,
  redisTestsLeftOut,
  startRedisServer,
  type RedisServer,
} from './redis/redis-server.js';

if (redisTestsLeftOut)
  console.warn(`Not run: rate limits in Redis. No redis-server is at ${redisServerPath}.`);

/** A logger, and its messages as events. */
function listenToLog(): { logger: Logger; messages: string[]; said: (text: string) => Promise<unknown> } {
  const logger = createLogger('test', 'silent');
  const messages: string[] = [];
  const events = new EventEmitter();
  for (const level of ['warn', 'info', 'error'] as const) {
    logger[level] = (...args: unknown[]) => {
      const message = String(args.at(-1));
      messages.push(message);
      events.emit(message);
    };
  }
  return {
    logger,
    messages,
    said: async (text) => messages.includes(text) || once(events, text),
  };
}

const unreachable = 'Redis is unreachable; limits are counted in memory';
const reachable = 'Redis is reachable again; limits are counted there';

describe.skipIf(redisTestsLeftOut)('limits in Redis', () => {
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await startRedisServer(await findLastingPort());
    return () => redis[Symbol.asyncDispose]();
  });

  /** Counts until the counts of all come from Redis, and so differ: connections take a moment. */
  async function becomesShared(limits: readonly RateLimits[]): Promise<void> {
    const name = randomUUID();
    for (let round = 0; ; round += 1) {
      const counts = await Promise.all(limits.map((each) => each.counter(name, 60).add(String(round))));
      if (new Set(counts.map(({ count }) => count)).size === limits.length) return;
      await setImmediate();
    }
  }

  it('are shared by two processes, go on in memory without it, once each, and are shared again', async () => {
    const [one, other] = [listenToLog(), listenToLog()];
    const create = ({ logger }: { logger: Logger }) =>
      createRateLimits({ redisUrl: redis.url, secret: 'a secret', logger });
    const [here, there] = [create(one), create(other)];
    try {
      await becomesShared([here, there]);
      const limits = [here, there].map((each) => each.limit('shared', 3, 60));
      const take = async () => Promise.all(limits.map((limit) => limit.take('key')));
      expect(await take()).toEqual([null, null]);
      expect((await take()).filter((wait) => wait === null)).toHaveLength(1);

      await redis.kill();
      await Promise.all([one.said(unreachable), other.said(unreachable)]);
      const waits: (number | null)[] = [];
      const alone = here.limit('alone', 3, 60);
      for (let time = 0; time < 4; time += 1) waits.push(await alone.take('key'));
      expect(waits.slice(0, 3)).toEqual([null, null, null]);
      expect(waits[3]).toBeGreaterThan(50_000);
      const counter = there.counter('alone', 60);
      expect((await counter.add('key')).count).toBe(1);
      expect((await counter.add('key')).count).toBe(2);

      await redis.start();
      await Promise.all([one.said(reachable), other.said(reachable)]);
      await becomesShared([here, there]);
      expect(one.messages).toEqual([unreachable, reachable]);
    } finally {
      here.close();
      there.close();
    }
  });

  it('go on in memory while it does not answer', async () => {
    await using frozen = await startRedisServer(await findLastingPort());
    const [log, another] = [listenToLog(), listenToLog()];
    const create = ({ logger }: { logger: Logger }) =>
      createRateLimits({ redisUrl: frozen.url, secret: 'a secret', logger });
    const [limits, beside] = [create(log), create(another)];
    try {
      await becomesShared([limits, beside]);
      frozen.freeze();
      const limit = limits.limit('frozen', 5_000, 60);
      const takes = await Promise.all(Array.from({ length: 5_001 }, () => limit.take('key')));
      expect(takes.filter((wait) => wait !== null)).toHaveLength(1);
      expect(log.messages).toEqual([unreachable]);
      // What was sent before the silence was noticed is carried out now: no more than may wait.
      frozen.thaw();
      await log.said(reachable);
      const client = await createClient({ url: frozen.url }).connect();
      const kept = await client.keys('caregraph:frozen:*');
      const counted = await Promise.all(kept.map((key) => client.get(key)));
      client.destroy();
      expect(Number(counted[0] ?? 0)).toBeLessThanOrEqual(1_000);
      expect(log.messages).toEqual([unreachable, reachable]);
    } finally {
      limits.close();
      beside.close();
    }
  });

  it('are kept without a name or an address in them', async () => {
    const { logger } = listenToLog();
    const limits = createRateLimits({ redisUrl: redis.url, secret: 'a secret', logger });
    const client = await createClient({ url: redis.url }).connect();
    try {
      let keys: string[] = [];
      while (!keys.some((key) => key.startsWith('caregraph:login:client'))) {
        await limits.counter('login:client', 60).add('["203.0.113.9","doctor@hospital.example"]');
        keys = await client.keys('caregraph:*');
      }
      expect(keys.join(' ')).not.toMatch(/203\.0|doctor|hospital/);
    } finally {
      limits.close();
      client.destroy();
    }
  });

  it('are shared by two gateways, which start, answer and end without Redis as well', async () => {
    const settings = {
      REDIS_URL: redis.url,
      RATE_LIMIT_PER_ADDRESS: '100',
      SERVICE_CONTEXT_SECRET: randomUUID() + randomUUID(),
    };
    await using one = await startGatewayProcess(settings);
    await using other = await startGatewayProcess(settings);
    const ask = async ({ url }: { url: string }) =>
      (await createGraphqlClient(`${url}/graphql`).query('{ __typename }')).status;
    const statuses: number[] = [];
    while (!statuses.includes(429)) statuses.push(await ask(one), await ask(other));
    // Either counts a few for itself until it has connected, and far fewer than it would be let have alone.
    expect(statuses.length).toBeLessThan(180);

    await redis.kill();
    await Promise.all([one, other].map((gateway) => gateway.line(({ msg }) => msg === unreachable)));
    await using third = await startGatewayProcess(settings);
    expect(await ask(third)).toBe(200);
    for (const gateway of [one, other, third]) gateway.signal('SIGTERM');
    const exits = await Promise.all([one, other, third].map(({ exit }) => exit));
    expect(exits).toEqual(Array(3).fill({ code: 0, signal: null }));
    for (const gateway of [one, other, third]) {
      expect(gateway.lines.filter(({ msg }) => msg === unreachable)).toHaveLength(1);
    }
  });
});
