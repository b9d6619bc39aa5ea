import { createLogger, openProcessTls, type Logger } from '@caregraph/service-kit';
import { EventEmitter, once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { createCertificateAuthority, createCertificateFolder } from '../../../test/certificates.js';
import { createRateLimits, type Counter } from '../src/rate-limits.js';
import { startRedisStandIn, standInCount } from './redis-stand-in.js';

const unreachable = 'Redis is unreachable; limits are counted in memory';
const reachable = 'Redis is reachable again; limits are counted there';

/** A logger, and its messages as events. */
function listenToLog() {
  const logger: Logger = createLogger('test', 'silent');
  const messages: string[] = [];
  const events = new EventEmitter();
  for (const level of ['warn', 'info', 'error'] as const) {
    logger[level] = (...args: unknown[]) => {
      const message = String(args.at(-1));
      messages.push(message);
      events.emit(message);
    };
  }
  const said = async (text: string) => messages.includes(text) || once(events, text);
  return { logger, messages, said };
}

/** Counts until a count is the stand-in's: connections take a moment. */
async function comesFromRedis(counter: Counter): Promise<void> {
  while ((await counter.add('connecting')).count !== standInCount) await setImmediate();
}

it('a server that falls silent is asked a few times only, and again when it is back', async () => {
  await using redis = await startRedisStandIn();
  const { logger, messages, said } = listenToLog();
  const limits = createRateLimits({ redisUrl: redis.url, logger });
  onTestFinished(() => {
    limits.close();
  });
  const counter = limits.counter('test', 60);
  await comesFromRedis(counter);

  redis.silent = true;
  const before = redis.scripts;
  for (let count = 1; count <= 50; count += 1) expect((await counter.add('silent')).count).toBe(count);
  expect(redis.scripts - before).toBe(3);
  expect(messages).toEqual([unreachable]);

  redis.silent = false;
  await said(reachable);
  await comesFromRedis(counter);
  expect(messages).toEqual([unreachable, reachable]);
});

it('of many counts that wait at once no more than a thousand are kept waiting', async () => {
  await using redis = await startRedisStandIn();
  const { logger } = listenToLog();
  const limits = createRateLimits({ redisUrl: redis.url, logger });
  onTestFinished(() => {
    limits.close();
  });
  const counter = limits.counter('test', 60);
  await comesFromRedis(counter);

  redis.silent = true;
  const before = redis.scripts;
  const counts = await Promise.all(Array.from({ length: 5_000 }, () => counter.add('silent')));
  expect(Math.max(...counts.map(({ count }) => count))).toBe(5_000);
  expect(redis.scripts - before).toBeLessThanOrEqual(1_000);
});

it('a server that accepts connections and never says a word costs nobody any time, and is told of', async () => {
  await using redis = await startRedisStandIn({ silent: true });
  const { logger, messages, said } = listenToLog();
  const limits = createRateLimits({ redisUrl: redis.url, logger });
  onTestFinished(() => {
    limits.close();
  });
  const counter = limits.counter('test', 60);
  for (let count = 1; count <= 50; count += 1) expect((await counter.add('key')).count).toBe(count);
  await said(unreachable);
  expect(redis.scripts).toBe(0);
  redis.silent = false;
  await said(reachable);
  expect(messages).toEqual([unreachable, reachable]);
});

it('a server is trusted over TLS by the authorities of the process, also when they are renewed', async () => {
  const [authority, other] = [await createCertificateAuthority(), await createCertificateAuthority()];
  await using folder = await createCertificateFolder();
  const { logger, said } = listenToLog();
  const tls = openProcessTls({ TLS_CA_FILE: await folder.write('ca.crt', other.certificate) }, logger);
  await using redis = await startRedisStandIn({ certificate: await authority.issue('localhost') });
  const limits = createRateLimits({ redisUrl: redis.url, tls, logger });
  onTestFinished(() => {
    limits.close();
    tls.stop();
  });
  await said(unreachable);
  expect(redis.commands).toBe(0);
  await folder.write('ca.crt', authority.certificate);
  await said(reachable);
  await comesFromRedis(limits.counter('test', 60));
});
