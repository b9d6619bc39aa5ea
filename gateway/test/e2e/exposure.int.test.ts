import { getIntrospectionQuery } from 'graphql';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createManifest } from '../../src/limits/trusted-documents.js';
import { createGraphqlClient, type GraphqlClient } from './platform/graphql-client.js';
import { startNodeProcess } from './platform/node-process.js';
import { startStubSubgraphs, type StubSubgraphs } from './platform/stub-subgraphs.js';

const entry = new URL('../../dist/main.js', import.meta.url);
const app = 'https://app.example.org';
const trusted = 'query Trusted {\n  product {\n    id\n  }\n}';

let stubs: StubSubgraphs;
let open: RunningGateway;
let closed: RunningGateway;

interface RunningGateway extends AsyncDisposable {
  readonly url: string;
  readonly client: GraphqlClient;
  /** Sends a body, or a query string, as it is. */
  post(body: object): Promise<{ status: number; headers: Headers; data?: unknown; codes: unknown[] }>;
  get(search: string): Promise<{ status: number; headers: Headers; data?: unknown; codes: unknown[] }>;
}

async function start(environment: Readonly<Record<string, string>>): Promise<RunningGateway> {
  const process = startNodeProcess(entry, environment, ['--supergraph', stubs.file, '--port', '0']);
  const { port } = await process.line(({ msg }) => msg === 'listening');
  const url = `http://127.0.0.1:${String(port)}/graphql`;
  const read = async (response: Response) => {
    const { data, errors = [] } = (await response.json()) as {
      data?: unknown;
      errors?: { extensions: { code: unknown } }[];
    };
    const codes = errors.map(({ extensions }) => extensions.code);
    return { status: response.status, headers: response.headers, data, codes };
  };
  const headers = { 'apollo-require-preflight': 'true' };
  return {
    url,
    client: createGraphqlClient(url),
    post: async (body) =>
      read(
        await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      ),
    get: async (search) => read(await fetch(`${url}?${search}`, { headers })),
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

beforeAll(async () => {
  stubs = await startStubSubgraphs();
  const manifest = join(stubs.folder, 'trusted.json');
  await writeFile(manifest, createManifest([trusted]));
  open = await start({ CORS_ORIGINS: app, TRUSTED_DOCUMENTS_FILE: manifest, TRUST_PROXY: 'loopback' });
  closed = await start({
    NODE_ENV: 'production',
    TRUSTED_DOCUMENTS: 'only',
    TRUSTED_DOCUMENTS_FILE: manifest,
  });
  return async () => {
    await Promise.all([open, closed].map((gateway) => gateway[Symbol.asyncDispose]()));
    await stubs[Symbol.asyncDispose]();
  };
});

function hashOf(query: string): string {
  return createHash('sha256').update(query).digest('hex');
}

function persisted(query: string) {
  return { persistedQuery: { version: 1, sha256Hash: hashOf(query) } };
}

describe('an operation that asks for too much', () => {
  const doubling = Array.from(
    { length: 100 },
    (_, index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`,
  ).join(' ');

  it.each([
    ['400 aliases', `{ ${Array.from({ length: 400 }, (_, index) => `a${index}: __typename`).join(' ')} }`],
    ['fragments that double', `{ ...F0 } ${doubling} fragment F100 on Query { __typename }`],
    ['too many tokens', `{ ${'__typename '.repeat(50_000)} }`],
    ['deep nesting', '{ product '.repeat(100) + '{ id }' + ' }'.repeat(100)],
  ])('such as %s is refused, and no subgraph is asked', async (_, query) => {
    const asked = stubs.requests.length;
    const { status, errors, data } = await open.client.query(query);
    expect(status).toBe(400);
    expect(data).toBeUndefined();
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
    expect(errors?.[0]?.message).toMatch(/ has more than \d+ .* \(MAX_[A-Z_]+\)\.$/);
    expect(stubs.requests).toHaveLength(asked);
  });

  it('is refused in a GET as well, and where its hash is registered', async () => {
    const query = `{ ${Array.from({ length: 61 }, (_, index) => `a${index}: __typename`).join(' ')} }`;
    const inGet = await open.get(new URLSearchParams({ query }).toString());
    expect(inGet).toMatchObject({ status: 400, codes: ['BAD_USER_INPUT'] });
    const registering = await open.post({ query, extensions: persisted(query) });
    expect(registering.codes).toEqual(['BAD_USER_INPUT']);
    expect((await open.post({ extensions: persisted(query) })).codes).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
  });

  it('is answered where nobody reads what its extensions hold, however deep that is', async () => {
    const nested = '['.repeat(7_000) + ']'.repeat(7_000);
    const search = `query={__typename}&extensions={"a":${nested}}`;
    expect(await open.get(search)).toMatchObject({ status: 200, codes: [] });
  });

  it('is answered with 200 to a client that reads only application/json', async () => {
    const query = '{ ...A } fragment A on Query { ...A }';
    const { status, errors } = await open.client.query(query, { headers: { accept: 'application/json' } });
    expect(status).toBe(200);
    expect(errors?.[0]?.extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED' });
    expect((await open.client.query(query)).status).toBe(400);
  });

  it('is not the introspection of an explorer', async () => {
    const query = getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true });
    const { data, errors } = await open.client.query(query);
    expect(errors).toBeUndefined();
    expect(data).toHaveProperty('__schema');
  });
});

describe('a document named by its hash', () => {
  it('is found once a client has sent it, in a POST and in a GET', async () => {
    const query = '{ product { id name } }';
    const extensions = persisted(query);
    expect(await open.post({ extensions })).toMatchObject({
      status: 200,
      codes: ['PERSISTED_QUERY_NOT_FOUND'],
    });
    const whole = { data: { product: { id: '1', name: 'Chair' } }, codes: [] };
    expect(await open.post({ query, extensions })).toMatchObject(whole);
    expect(await open.post({ extensions })).toMatchObject(whole);
    expect(await open.get(`extensions=${encodeURIComponent(JSON.stringify(extensions))}`)).toMatchObject(
      whole,
    );
    expect(await open.post({ documentId: `sha256:${hashOf(query)}` })).toMatchObject(whole);
  });

  it('must be the one of the hash', async () => {
    const refused = { status: 400, codes: ['BAD_REQUEST'] };
    const query = '{ product { name } }';
    const extensions = persisted('{ product { id } }');
    expect(await open.post({ query, extensions })).toMatchObject(refused);
    expect(
      await open.post({ extensions: { persistedQuery: { version: 2, sha256Hash: 'a' } } }),
    ).toMatchObject(refused);
    expect(await open.post({ extensions: { persistedQuery: 'a' } })).toMatchObject(refused);
    expect((await open.post({ extensions: persisted(query) })).codes).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
  });

  it.each([
    ['beside a document', { query: '{ __typename }', documentId: hashOf(trusted) }],
    ['beside a hash', { extensions: persisted(trusted), documentId: hashOf(trusted) }],
    ['that is no text', { documentId: 5 }],
  ])('cannot be a documentId %s', async (_, body) => {
    expect(await open.post(body)).toMatchObject({ status: 400, codes: ['BAD_REQUEST'] });
  });

  it('cannot be two documentIds, of which the check might see one', async () => {
    const search = `query=${encodeURIComponent('{ __typename }')}&documentId=a&documentId=b`;
    expect(await open.get(search)).toMatchObject({ status: 400, codes: ['BAD_REQUEST'] });
  });
});

describe('where only trusted documents run', () => {
  const found = { status: 200, data: { product: { id: '1' } }, codes: [] };

  it.each([
    ['its hash', { extensions: persisted(trusted) }],
    ['its documentId', { documentId: `sha256:${hashOf(trusted)}` }],
    ['its own text', { query: trusted }],
    ['its text and its hash', { query: trusted, extensions: persisted(trusted) }],
  ])('a trusted document runs by %s', async (_, body) => {
    expect(await closed.post(body)).toMatchObject(found);
  });

  it('a trusted document runs in a GET', async () => {
    expect(await closed.get(`documentId=${hashOf(trusted)}`)).toMatchObject(found);
  });

  it.each([
    ['another document', { query: '{ product { id } }' }, 'BAD_USER_INPUT'],
    ['introspection', { query: '{ __schema { types { name } } }' }, 'BAD_USER_INPUT'],
    [
      'a document that its hash comes with',
      { query: '{ __typename }', extensions: persisted('{ __typename }') },
      'BAD_USER_INPUT',
    ],
    ['what is no GraphQL', { query: '{' }, 'BAD_USER_INPUT'],
    ['another hash', { extensions: persisted('{ __typename }') }, 'PERSISTED_QUERY_NOT_FOUND'],
    ['another documentId', { documentId: 'Trusted' }, 'PERSISTED_QUERY_NOT_FOUND'],
  ])('%s does not', async (_, body, code) => {
    const asked = stubs.requests.length;
    const { data, codes } = await closed.post(body);
    expect({ data, codes }).toEqual({ data: undefined, codes: [code] });
    expect(stubs.requests).toHaveLength(asked);
  });
});

describe('a page of another site', () => {
  const simple = { method: 'POST', body: JSON.stringify({ query: '{ __typename }' }) };

  it.each<[string, string, RequestInit]>([
    ['a form', '', { ...simple, headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['a form with files', '', { ...simple, headers: { 'content-type': 'multipart/form-data; boundary=x' } }],
    ['plain text', '', { ...simple, headers: { 'content-type': 'text/plain' } }],
    [
      'plain text that claims to be more',
      '',
      { ...simple, headers: { 'content-type': 'text/plain; a=application/json' } },
    ],
    ['nothing that says what it is', '', { method: 'POST', body: new Blob(['{"query":"{ __typename }"}']) }],
    ['a link', '?query={__typename}', { headers: { 'sec-fetch-site': 'cross-site' } }],
    ['a picture in an old browser', '?query={__typename}', { headers: { 'user-agent': 'Mozilla/5.0' } }],
  ])('cannot send an operation as %s', async (_, search, init) => {
    const response = await fetch(open.url + search, init);
    expect([400, 415]).toContain(response.status);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });

  it('may read answers where its origin is allowed to', async () => {
    const preflight = await fetch(open.url, {
      method: 'OPTIONS',
      headers: {
        origin: app,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(app);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(preflight.headers.has('access-control-allow-credentials')).toBe(false);
    const { status, headers } = await open.client.query('{ __typename }', { headers: { origin: app } });
    expect([status, headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([
      200,
      app,
      'Origin',
    ]);
  });

  it.each(['https://app.example.org.evil.example', 'https://evil.example', 'null', 'http://app.example.org'])(
    'may not where its origin is %s',
    async (origin) => {
      for (const method of ['OPTIONS', 'POST']) {
        const headers = { origin, 'content-type': 'application/json' };
        const response = await fetch(open.url, { ...(method === 'POST' && simple), method, headers });
        expect(response.headers.get('access-control-allow-origin')).toBeNull();
      }
    },
  );

  it('finds nothing to read where no origin is allowed', async () => {
    const response = await fetch(closed.url, { method: 'OPTIONS', headers: { origin: app } });
    expect([response.ok, response.headers.get('access-control-allow-origin')]).toEqual([false, null]);
  });
});

describe('every answer', () => {
  const pages = [
    '/graphql',
    '/',
    '/explorer',
    '/health/live',
    '/health/ready',
    '/.well-known/jwks.json',
    '/nothing',
  ];

  it.each(pages)('of %s tells browsers to make no more of it than it is', async (path) => {
    const response = await fetch(new URL(path, open.url), { headers: { accept: 'text/html' } });
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('x-frame-options')).toBe('DENY');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(response.headers.has('strict-transport-security')).toBe(false);
    await response.arrayBuffer();
  });

  it('to GraphQL is kept nowhere, and runs nothing', async () => {
    for (const query of ['{ product { id } }', '{', '{ nothing }']) {
      const { headers } = await open.client.query(query);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });

  it('behind a trusted proxy that serves HTTPS asks for HTTPS from now on', async () => {
    const headers = { 'x-forwarded-proto': 'https' };
    const withProxy = await open.client.query('{ __typename }', { headers });
    expect(withProxy.headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}$/);
    const without = await closed.client.query(trusted, { headers });
    expect(without.headers.has('strict-transport-security')).toBe(false);
  });

  it('with the sandbox lets its page load what it names itself', async () => {
    const response = await fetch(new URL('/', open.url), { headers: { accept: 'text/html' } });
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).not.toMatch(/default-src|script-src|style-src|frame-src|connect-src/);
    expect(await response.text()).toContain('embeddable-sandbox.cdn.apollographql.com');
  });
});

describe('in production', () => {
  it('no error names what resembles a wrong name, and nothing tells the schema', async () => {
    await using gateway = await start({ NODE_ENV: 'production' });
    for (const query of [
      '{ produc { id } }',
      '{ product { nam } }',
      '{ product { ... on Produkt { id } } }',
    ]) {
      const { errors } = await gateway.client.query(query);
      expect(errors?.[0]?.extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED' });
      expect(JSON.stringify(errors)).not.toMatch(/Did you mean|"product"|"name"/);
      const { errors: told } = await open.client.query(query);
      expect(JSON.stringify(told)).toContain('Did you mean');
    }
    for (const query of ['{ __schema { types { name } } }', '{ __type(name: "Product") { name } }']) {
      const { data, errors } = await gateway.client.query(query);
      expect(data).toBeUndefined();
      expect(errors?.[0]?.extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED' });
    }
  });
});

describe('an operation that takes longer than it may', () => {
  it('gets GATEWAY_TIMEOUT where something is missing, and its requests are cancelled', async () => {
    await using gateway = await start({ OPERATION_TIMEOUT_MS: '500' });
    const cancelled = stubs.holdReviews();
    const { data, errors } = await gateway.client.query('{ product { id stars } }');
    await cancelled;
    expect(data).toEqual({ product: { id: '1', stars: null } });
    expect(errors).toEqual([
      {
        message: 'The operation took longer than it may.',
        path: ['product', 'stars'],
        extensions: { code: 'GATEWAY_TIMEOUT' },
      },
    ]);
  });
});
