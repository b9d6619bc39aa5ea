import { expect, it } from 'vitest';
import { startHttpServer } from './http-server.js';
import { createLogger } from './logger.js';
import { createServiceClient, type ServiceUnavailableError } from './service-client.js';
import { anonymous, noClient } from './viewer.js';

it('gives up on an answer that would take all memory, and goes on with the next one', async () => {
  let size = 40_000_000;
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    portSetting: 'PORT',
    logger: createLogger('test', 'silent'),
    trustRequestId: true,
    handlers: [
      ({ response }) => {
        response.end(JSON.stringify({ data: 'x'.repeat(size) }));
        return true;
      },
    ],
  });
  const url = `http://127.0.0.1:${server.port}/graphql`;
  const client = createServiceClient({
    service: 'users',
    url,
    issuer: 'gateway',
    secret: null,
    timeout: 60_000,
  });
  const send = () =>
    client.send({ query: '{ a }' }, { viewer: anonymous, client: noClient, requestId: 'request-1' });
  const failure: unknown = await send().catch((error: unknown) => error);
  expect(failure).toMatchObject({
    name: 'ServiceUnavailableError',
    reason: 'invalid-response',
  } satisfies Partial<ServiceUnavailableError>);
  size = 10;
  expect(await send()).toEqual({ data: 'xxxxxxxxxx' });
  await client.close();
  await server.stop();
});
