import type { Random } from '@caregraph/seed/random';
import type { GraphQLSchema } from 'graphql';
import type { Json } from '../../../../test/hostile/values.js';
import { breakDocument } from './broken-document.js';
import { randomOperation } from './random-operation.js';
import type { KnownIds } from './random-values.js';

/** An HTTP request, as it goes to the gateway. */
export interface GeneratedRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
  /** The root fields of an operation that is valid, and well sent; none where something was broken. */
  readonly validFields: readonly string[];
}

const contentTypes = [
  'text/plain',
  'application/graphql',
  'application/json; charset=utf-16',
  'multipart/form-data',
  'x',
];
const oddHeaders: readonly Readonly<Record<string, string>>[] = [
  { authorization: 'Bearer ' },
  { authorization: `Bearer ${'e30.'.repeat(3)}` },
  { authorization: 'Basic YWRtaW46YWRtaW4=' },
  { 'x-caregraph-context': 'e30.e30' },
  { 'x-request-id': '../../etc/passwd' },
  { 'x-forwarded-for': "127.0.0.1', '::1" },
  { 'content-encoding': 'gzip' },
  { 'content-encoding': 'br' },
  { accept: 'text/html' },
  { accept: 'multipart/mixed; deferSpec=20220824, application/json' },
  { accept: 'application/graphql-response+json' },
  { accept: ';;;,,,q=1' },
  { origin: 'https://example.org' },
  { expect: '200-ok' },
  { cookie: 'a='.repeat(2_000) },
  { 'x-long': 'x'.repeat(10_000) },
];

/** A request out of a seed: a valid operation well sent, an operation with mistakes, a broken one, or broken HTTP. */
export function randomRequest(random: Random, schema: GraphQLSchema, ids: KnownIds): GeneratedRequest {
  const wrongness = random.pickWeighted([
    [0, 4],
    [0.02, 2],
    [0.15, 2],
  ] as const);
  const { query, variables, rootFields } = randomOperation(random, schema, ids, wrongness);
  const isBroken = random.chance(0.25);
  const body: Record<string, Json> = { query: isBroken ? breakDocument(random, query) : query, variables };
  const json = { 'content-type': 'application/json' };
  const post = { method: 'POST', target: '/graphql', headers: json, body: Buffer.from(JSON.stringify(body)) };
  if (random.chance(0.7)) return { ...post, validFields: wrongness > 0 || isBroken ? [] : rootFields };
  return { ...randomlySent(random, body, post), validFields: [] };
}

type Sent = Omit<GeneratedRequest, 'validFields'>;

/** The same, sent in another way than clients do. */
function randomlySent(
  random: Random,
  body: Readonly<Record<string, Json>>,
  post: Sent & { body: Buffer },
): Sent {
  const { headers } = post;
  const text = post.body.toString('utf8');
  const search = new URLSearchParams(
    Object.entries(body).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  ).toString();
  return random.pick<() => Sent>([
    () => ({ ...post, method: random.pick(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) }),
    () => ({ ...post, method: random.pick(['GET', 'HEAD']), target: `/graphql?${search}`, body: null }),
    () => ({
      ...post,
      method: 'GET',
      target: `/graphql?${search.slice(0, random.integer(0, 200))}%`,
      body: null,
    }),
    () => ({
      ...post,
      target: random.pick(['/', '/graphql/', '/graphql?query={__typename}', '/graphql/../graphql', '//']),
    }),
    () => ({ ...post, headers: { 'content-type': random.pick(contentTypes) } }),
    () => ({ ...post, headers: {} }),
    () => ({ ...post, headers: { ...headers, ...random.pick(oddHeaders) } }),
    () => ({
      ...post,
      body: Buffer.from(text, random.pick(['utf16le', 'latin1', 'base64', 'hex'] as const)),
    }),
    () => ({ ...post, body: post.body.subarray(0, random.integer(0, post.body.length)) }),
    () => ({ ...post, body: Buffer.concat([post.body, Buffer.from([0xff, 0xfe, 0x00])]) }),
    () => ({ ...post, body: Buffer.from(JSON.stringify([body, body])) }),
    () => ({
      ...post,
      body: Buffer.from(JSON.stringify({ ...body, operationName: random.pick(['nope', '', '__proto__']) })),
    }),
    () => ({
      ...post,
      body: Buffer.from(JSON.stringify({ ...body, variables: random.pick([[], 'x', 1, [{}]]) })),
    }),
    () => ({
      ...post,
      body: Buffer.from(
        JSON.stringify({ ...body, extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } }),
      ),
    }),
    () => ({ ...post, body: Buffer.from(text.replaceAll(/\d+/g, '1e999')) }),
  ])();
}
