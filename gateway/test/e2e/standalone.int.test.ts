import { rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createGraphqlClient, type GraphqlClient } from './platform/graphql-client.js';
import { startNodeProcess, type NodeProcess } from './platform/node-process.js';
import { startStubSubgraphs, type StubSubgraphs } from './platform/stub-subgraphs.js';

const entry = new URL('../../dist/main.js', import.meta.url);
const lookups = new URL('platform/report-lookups.mjs', import.meta.url).href;
const wholeProduct = { product: { id: '1', name: 'Chair', stars: 5 } };
const productQuery = '{ product { id name stars } }';

let stubs: StubSubgraphs;
let gateway: NodeProcess;
let url: string;
let client: GraphqlClient;

beforeAll(async () => {
  stubs = await startStubSubgraphs();
  gateway = startNodeProcess(entry, { SUPERGRAPH_WATCH: 'true', NODE_OPTIONS: `--import=${lookups}` }, [
    '--supergraph',
    stubs.file,
    '--port',
    '0',
  ]);
  url = await addressOf(gateway);
  client = createGraphqlClient(`${url}/graphql`);

  return async () => {
    await gateway[Symbol.asyncDispose]();
    await stubs[Symbol.asyncDispose]();
  };
});

async function addressOf(process: NodeProcess): Promise<string> {
  const { port } = await process.line(({ msg }) => msg === 'listening');
  return `http://127.0.0.1:${String(port)}`;
}

/** What a gateway with these arguments says on standard error as it ends. */
async function failure(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  await using process = startNodeProcess(entry, environment, args);
  const { code } = await process.exit;
  return { code, error: process.errorOutput() };
}

describe('the gateway alone', () => {
  it('runs any supergraph with nothing in its environment, and hands on no identity', async () => {
    await using alone = startNodeProcess(entry, {}, ['--supergraph', stubs.file, '--port', '0']);
    const asked = stubs.requests.length;
    const { data, errors } = await createGraphqlClient(`${await addressOf(alone)}/graphql`).query(
      productQuery,
      {
        token: 'a token of somebody',
      },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual(wholeProduct);
    const requests = stubs.requests.slice(asked);
    expect(requests).toHaveLength(2);
    for (const { headers } of requests) {
      expect(headers).not.toHaveProperty('authorization');
      expect(headers).not.toHaveProperty('x-caregraph-context');
    }
  });

  it('finds a relative file from where the command was typed', async () => {
    await using alone = startNodeProcess(entry, { INIT_CWD: stubs.folder }, [
      '--supergraph',
      basename(stubs.file),
      '--port',
      '0',
    ]);
    const { data } = await createGraphqlClient(`${await addressOf(alone)}/graphql`).query(productQuery);
    expect(data).toEqual(wholeProduct);
  });

  it('is ready, though it knows nothing about the health of its subgraphs', async () => {
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  it('says in one sentence that the file is missing', async () => {
    const missing = join(stubs.folder, 'missing.graphql');
    expect(await failure(['--supergraph', missing, '--port', '0'])).toEqual({
      code: 1,
      error: `The supergraph file ${missing} cannot be read (ENOENT).\n`,
    });
  });

  it('says in one sentence that the file holds no supergraph', async () => {
    const file = join(stubs.folder, 'schema.graphql');
    await writeFile(file, 'type Query { a: Int }');
    expect(await failure(['--supergraph', file, '--port', '0'])).toEqual({
      code: 1,
      error: `The supergraph in ${file} cannot be used: Invalid supergraph: must be a core schema\n`,
    });
  });

  it('names the port that is taken, and the setting that moves it', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await failure(['--supergraph', stubs.file, '--port', String(port)])).toEqual({
      code: 1,
      error: `Port ${port} is taken by another program; set PORT to a free port.\n`,
    });
    server.close();
  });

  it('names the arguments that it takes', async () => {
    const { code, error } = await failure(['--schema', stubs.file]);
    expect(code).toBe(1);
    expect(error).toContain('--supergraph FILE [--port N]');
  });

  it('names the settings that are missing when it is to run the platform', async () => {
    const { code, error } = await failure([]);
    expect(code).toBe(1);
    expect(error).toContain('SERVICE_CONTEXT_SECRET: is required');
  });
});

describe('an answer of a subgraph', () => {
  const unavailable = 'The reviews service gave no usable answer.';
  const oops = 'Something went wrong on our side.';
  const secretError = {
    message: 'secret: SELECT * FROM reviews at 10.0.0.7:5432',
    extensions: { code: 'P2010', stacktrace: ['at secret (/srv/app.js:1:1)'], serviceName: 'secret' },
  };

  it.each<[string, object | string, number, string, string]>([
    ['HTML', '<html>502 from 10.0.0.7:8080</html>', 502, 'DOWNSTREAM_SERVICE_ERROR', 'unavailable'],
    ['no GraphQL response', { hello: 'secret' }, 200, 'DOWNSTREAM_SERVICE_ERROR', unavailable],
    ['a list', [1, 2], 200, 'DOWNSTREAM_SERVICE_ERROR', 'unavailable'],
    ['an error without a place', { errors: [secretError] }, 500, 'DOWNSTREAM_SERVICE_ERROR', unavailable],
    [
      'an error that blames the gateway',
      { errors: [{ message: 'Cannot query secret.', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] },
      400,
      'DOWNSTREAM_SERVICE_ERROR',
      unavailable,
    ],
    [
      'an error with a stack, SQL and an address',
      { data: { _entities: [null] }, errors: [{ ...secretError, path: ['_entities', 0, 'stars'] }] },
      200,
      'INTERNAL_SERVER_ERROR',
      oops,
    ],
    [
      'an error without a code',
      { data: { _entities: [null] }, errors: [{ message: 'secret', path: ['_entities', 0] }] },
      200,
      'INTERNAL_SERVER_ERROR',
      oops,
    ],
    [
      'an error meant for clients, with more than is meant for them',
      {
        data: { _entities: [null] },
        errors: [
          {
            message: 'No.',
            path: ['_entities', 0, 'stars'],
            extensions: { code: 'FORBIDDEN', sql: 'secret' },
          },
        ],
      },
      200,
      'FORBIDDEN',
      'No.',
    ],
  ])('that is %s costs its fields, and leaks nothing', async (_, answer, status, code, message) => {
    stubs.answerReviews(answer, status);
    const { data, errors } = await client.query(productQuery);
    stubs.answerReviews({ data: { _entities: [{ stars: 5 }] } });
    expect(data).toEqual({ product: { id: '1', name: 'Chair', stars: null } });
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.extensions).toEqual({ code });
    expect(errors?.[0]?.message).toContain(message);
    expect(errors?.[0]?.path?.slice(0, 1)).toEqual(['product']);
    expect(JSON.stringify(errors)).not.toMatch(/secret|SELECT|10\.0\.0\.7|stack|http:|127\.0\.0\.1/);
  });
});

describe('a request that is no good', () => {
  const json = 'application/json';
  const post = (
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ): Promise<Response> =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': json, ...headers },
      body,
    });

  it.each<[string, () => Promise<Response>, number, string]>([
    ['malformed JSON', () => post('{"query":'), 400, 'BAD_REQUEST'],
    ['an empty body', () => post(''), 400, 'BAD_REQUEST'],
    ['a batch', () => post(`[{"query":"${productQuery}"}]`), 400, 'BAD_REQUEST'],
    ['null', () => post('null'), 400, 'BAD_REQUEST'],
    ['plain text', () => post('{}', { 'content-type': 'text/plain' }), 415, 'BAD_REQUEST'],
    [
      'another character set',
      () => post('{}', { 'content-type': `${json}; charset=utf-16` }),
      415,
      'BAD_REQUEST',
    ],
    ['a compressed body', () => post('{}', { 'content-encoding': 'gzip' }), 415, 'BAD_REQUEST'],
    ['bytes that are no UTF-8', () => post(Uint8Array.of(0x22, 0xff, 0x22)), 400, 'BAD_REQUEST'],
    ['a string', () => post('"{ __typename }"'), 400, 'BAD_REQUEST'],
    [
      'a body that is too large',
      () => post(JSON.stringify({ query: ' '.repeat(2_000_000) })),
      413,
      'BAD_REQUEST',
    ],
    ['a syntax error', () => post('{"query":"{"}'), 400, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', () => post('{"query":"{ nothing }"}'), 400, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a GET that a page of another site has caused',
      () => fetch(`${url}/graphql?query={__typename}`, { headers: { 'sec-fetch-site': 'cross-site' } }),
      400,
      'BAD_REQUEST',
    ],
  ])('%s gets a GraphQL error', async (_, send, status, code) => {
    const response = await send();
    const { errors } = (await response.json()) as { errors: { message: string; extensions: object }[] };
    expect(response.status).toBe(status);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.extensions).toEqual({ code });
    expect(errors[0]?.message).not.toMatch(/stack|node_modules|\.js/);
  });

  it('an unknown path gets 404', async () => {
    const response = await fetch(`${url}/nothing/here`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: 'There is nothing here.' });
  });
});

describe('a supergraph file that changes while the gateway runs', () => {
  const swap = async (sdl: string): Promise<void> => {
    const next = join(stubs.folder, 'next.graphql');
    await writeFile(next, sdl);
    await rename(next, stubs.file);
  };

  it('is passed over when it is broken, and taken up when it is not', async () => {
    await swap('type Query { broken: Int');
    await gateway.line(({ msg }) => String(msg).startsWith('the new supergraph cannot be used'));
    expect((await client.query(productQuery)).data).toEqual(wholeProduct);

    const renamed = stubs.supergraphSdl.replace('latest: String', 'newest: String');
    expect(renamed).not.toBe(stubs.supergraphSdl);
    await swap(renamed);
    await gateway.line(({ msg }) => msg === 'took up a new supergraph');
    stubs.answerReviews({ data: { newest: 'Fine.' } });
    expect((await client.query('{ newest }')).data).toEqual({ newest: 'Fine.' });
    expect((await client.query('{ latest }')).errors?.[0]?.extensions?.['code']).toBe(
      'GRAPHQL_VALIDATION_FAILED',
    );
  });
});

describe('the gateway on a closed network', () => {
  it('has looked up no host but its own, from its start to its end', async () => {
    gateway.signal('SIGTERM');
    expect(await gateway.exit).toEqual({ code: 0, signal: null });
    const hosts = gateway.lines.filter(({ msg }) => msg === 'lookup').map((line) => line['hostname']);
    expect(hosts.length).toBeGreaterThan(0);
    expect(new Set(hosts)).toEqual(new Set(['127.0.0.1']));
  });
});
