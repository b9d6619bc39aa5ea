import { expect, it, onTestFinished, vi } from 'vitest';
import { healthHandler } from './health.js';
import { startHttpServer } from './http-server.js';
import { createLogger } from './logger.js';

it('logs once why a check goes on failing, and answers only that it does', async () => {
  let failure: Error | null = new Error('self-signed certificate in certificate chain');
  let now = 0;
  const logger = createLogger('test', 'silent');
  const warn = vi.spyOn(logger, 'warn');
  const check = () => (failure === null ? Promise.resolve() : Promise.reject(failure));
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    portSetting: 'PORT',
    logger,
    trustRequestId: false,
    handlers: [healthHandler([{ name: 'database', check }], logger, () => now)],
  });
  onTestFinished(() => server.stop());
  const ask = async () => (await fetch(`http://127.0.0.1:${server.port}/health/ready`)).json();
  const unavailable = { status: 'unavailable', checks: { database: 'failed' } };

  expect(await ask()).toEqual(unavailable);
  now += 5_000;
  expect(await ask()).toEqual(unavailable);
  expect(warn).not.toHaveBeenCalled();
  now += 1;
  expect(await ask()).toEqual(unavailable);
  expect(await ask()).toEqual(unavailable);
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    { err: failure, check: 'database' },
    'a readiness check fails',
  );

  failure = null;
  expect(await ask()).toEqual({ status: 'ok', checks: { database: 'ok' } });
  failure = new Error('the connection was refused');
  await ask();
  now += 5_001;
  await ask();
  expect(warn).toHaveBeenCalledTimes(2);
});
