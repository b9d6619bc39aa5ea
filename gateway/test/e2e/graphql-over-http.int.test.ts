import { noClient, signContext } from '@caregraph/service-kit';
import { serviceNames, type ServiceName } from '@caregraph/postgres';
import { serverAudits } from 'graphql-http';
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { startPlatformProcesses, type PlatformProcesses } from './platform/platform-processes.js';

let platform: PlatformProcesses;

beforeAll(async () => {
  platform = await startPlatformProcesses();
  return () => platform[Symbol.asyncDispose]();
});

/** Sends a request to a subgraph as the gateway does, with a context signed for that very request. */
function fetchSigned(audience: ServiceName): typeof fetch {
  return (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const body = typeof init.body === 'string' ? init.body : '';
    const context = signContext(
      platform.contextSecret,
      { viewer: { kind: 'anonymous' }, client: noClient, requestId: randomUUID() },
      { issuer: 'gateway', audience, target: `${init.method ?? 'GET'} ${url.pathname}${url.search}`, body },
    );
    const headers = new Headers(init.headers);
    headers.set('x-caregraph-context', context);
    return fetch(url, { ...init, headers });
  };
}

const names = serverAudits({ url: 'http://localhost' }).map(({ id, name }) => ({ id, name }));

async function audit(id: string, url: string, fetchFn: typeof fetch) {
  const found = serverAudits({ url, fetchFn }).find((candidate) => candidate.id === id);
  const result = await found?.fn();
  return result?.status === 'ok' ? 'ok' : result?.reason;
}

it('there are 61 audits of GraphQL over HTTP', () => {
  expect(names).toHaveLength(61);
});

describe('the gateway', () => {
  it.each(names)('$id $name', async ({ id }) => {
    expect(await audit(id, `${platform.urls.gateway}/graphql`, fetch)).toBe('ok');
  });
});

describe.each(serviceNames)('the %s service, called with a context', (service) => {
  it.each(names)('$id $name', async ({ id }) => {
    expect(await audit(id, `${platform.urls[service]}/graphql`, fetchSigned(service))).toBe('ok');
  });
});
