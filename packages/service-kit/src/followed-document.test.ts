import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { followDocument } from './followed-document.js';
import { startHttpServer } from './http-server.js';
import { createLogger } from './logger.js';
import { createServiceClient, ServiceUnavailableError, type ServiceClient } from './service-client.js';
import { serviceRoutesHandler } from './service-routes.js';
import { createContextVerifier } from './signed-context.js';
import type { Principal } from './viewer.js';

const secret = 'a secret of the tests that is long enough';
const logger = createLogger('test', 'silent');

/** A service that keeps one document, and a reader of it that asks when the test says so. */
async function startPair(reader: Principal = 'gateway') {
  const service = { document: { sessions: ['a'] } as unknown, reads: 0, port: 0 };
  const start = () =>
    startHttpServer({
      host: '127.0.0.1',
      port: service.port,
      portSetting: 'PORT',
      logger,
      trustRequestId: true,
      handlers: [
        serviceRoutesHandler(
          [
            {
              path: '/ended',
              readers: ['gateway'],
              read: () => {
                service.reads += 1;
                return Promise.resolve(service.document);
              },
            },
          ],
          createContextVerifier([secret], 'users'),
        ),
      ],
    });
  let server = await start();
  service.port = server.port;
  const url = `http://127.0.0.1:${server.port}/graphql`;
  const client = createServiceClient({ service: 'users', url, issuer: reader, secret, timeout: 5_000 });
  const schema = z.object({ sessions: z.array(z.string()) });
  const followed = followDocument({ client, path: '/ended', schema, interval: 3_600_000, logger });
  return {
    service,
    followed,
    stopService: () => server.stop(),
    async restartService() {
      server = await start();
    },
    async [Symbol.asyncDispose]() {
      followed.stop();
      await client.close();
      await server.stop();
    },
  };
}

describe('a followed document', () => {
  it('is had at once, and again when it has changed', async () => {
    await using pair = await startPair();
    expect(pair.followed.age()).toBe(Infinity);
    await pair.followed.refresh();
    expect(pair.followed.current()).toEqual({ sessions: ['a'] });
    expect(pair.followed.age()).toBeLessThan(60_000);
    pair.service.document = { sessions: ['a', 'b'] };
    await pair.followed.refresh();
    expect(pair.followed.current()).toEqual({ sessions: ['a', 'b'] });
  });

  it('is asked for again soon until it has been had once', async () => {
    await using pair = await startPair();
    await pair.stopService();
    await pair.followed.refresh();
    await pair.restartService();
    await vi.waitFor(() => {
      expect(pair.followed.current()).toEqual({ sessions: ['a'] });
    }, 20_000);
  });

  it('is the very same while the service says that it is', async () => {
    await using pair = await startPair();
    await pair.followed.refresh();
    const before = pair.followed.current();
    await pair.followed.refresh();
    expect(pair.service.reads).toBe(2);
    expect(pair.followed.current()).toBe(before);
  });

  it('stays what it was while the service is away, and grows old', async () => {
    await using pair = await startPair();
    await pair.followed.refresh();
    await pair.stopService();
    const age = pair.followed.age();
    await pair.followed.refresh();
    expect(pair.followed.current()).toEqual({ sessions: ['a'] });
    expect(pair.followed.age()).toBeGreaterThan(age);
    pair.service.document = { sessions: [] };
    await pair.restartService();
    await pair.followed.refresh();
    expect(pair.followed.current()).toEqual({ sessions: [] });
  });

  it('stays what it was when the service answers something else', async () => {
    await using pair = await startPair();
    await pair.followed.refresh();
    pair.service.document = 'nonsense';
    await pair.followed.refresh();
    expect(pair.followed.current()).toEqual({ sessions: ['a'] });
  });

  it('is not for a principal that may not read it', async () => {
    await using pair = await startPair('appointments');
    await pair.followed.refresh();
    expect(pair.followed.current()).toBeNull();
    expect(pair.service.reads).toBe(0);
  });
});

describe('why a followed document cannot be had', () => {
  /** A document whose service fails in the ways that the test says, at times of its choice. */
  function followFailing() {
    const state = { failure: null as Error | null, now: 0 };
    const log = createLogger('test', 'silent');
    const warn = vi.spyOn(log, 'warn');
    const client: ServiceClient = {
      read: () =>
        state.failure === null
          ? Promise.resolve({ document: {}, etag: undefined })
          : Promise.reject(new ServiceUnavailableError('users', 'unreachable', { cause: state.failure })),
      send: () => Promise.reject(new Error('nobody asks')),
      checkReadiness: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    const follow = () =>
      followDocument({
        ...{ client, path: '/ended', schema: z.object({}), interval: 3_600_000 },
        ...{ logger: log, now: () => state.now },
      });
    return { state, warn, follow };
  }
  const failureOf = (code: string) => Object.assign(new Error(`failed: ${code}`), { code });
  const codes = (warn: ReturnType<typeof followFailing>['warn']) =>
    warn.mock.calls.map(([details]) =>
      String(Reflect.get(Reflect.get(details as object, 'err') as object, 'cause')),
    );

  it('is a warning once it has lasted longer than processes take that start side by side', async () => {
    const { state, warn, follow } = followFailing();
    state.failure = failureOf('ECONNREFUSED');
    const followed = follow();
    state.now = 4_999;
    await followed.refresh();
    expect(warn).not.toHaveBeenCalled();
    state.now = 5_000;
    await followed.refresh();
    await followed.refresh();
    expect(codes(warn)).toEqual(['Error: failed: ECONNREFUSED']);
    followed.stop();
  });

  it('is a warning at once where it is a certificate', async () => {
    const { state, warn, follow } = followFailing();
    state.failure = failureOf('DEPTH_ZERO_SELF_SIGNED_CERT');
    const followed = follow();
    await followed.refresh();
    expect(codes(warn)).toEqual(['Error: failed: DEPTH_ZERO_SELF_SIGNED_CERT']);
    followed.stop();
  });

  it('is told again when it changes, and each reason once for an outage', async () => {
    const { state, warn, follow } = followFailing();
    const followed = follow();
    await followed.refresh();
    for (const code of ['ECONNREFUSED', 'ECONNREFUSED', 'ECONNRESET', 'ECONNREFUSED']) {
      state.failure = failureOf(code);
      await followed.refresh();
    }
    expect(codes(warn)).toEqual(['Error: failed: ECONNREFUSED', 'Error: failed: ECONNRESET']);
    state.failure = null;
    await followed.refresh();
    state.failure = failureOf('ECONNREFUSED');
    await followed.refresh();
    expect(warn).toHaveBeenCalledTimes(3);
    followed.stop();
  });
});
