import { createSubgraphSchema } from '@caregraph/service-kit';
import { serviceNames } from '@caregraph/postgres';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { fieldsWithArguments } from '../../../test/hostile/input-leaves.js';
import { signedSender, type SendBody } from '../../../test/hostile/signed-request.js';
import { findValueProblems } from '../../../test/hostile/value-problems.js';
import { findAnswerProblems } from '../../../test/hostile/answer.js';
import { userViewer } from '../../../test/subgraph-client.js';
import { startPlatformProcesses, type PlatformProcesses } from './platform/platform-processes.js';
import { connectRows, insertUser } from './platform/rows.js';

let platform: PlatformProcesses;
let token: string;

beforeAll(async () => {
  platform = await startPlatformProcesses();
  await using users = await connectRows(platform.databases.users.superuserUrl);
  token = await platform.token(await insertUser(users, 'ADMIN', 'Root', 'Ng'));

  return () => platform[Symbol.asyncDispose]();
});

const sendToGateway: SendBody = async (body) => {
  const response = await fetch(`${platform.urls.gateway}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body,
  });
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    text: await response.text(),
  };
};

const api = buildSchema(readFileSync(new URL('../../api.graphql', import.meta.url), 'utf8'));

/** The gateway as its clients meet it, and each subgraph as whoever holds the secret does. */
const endpoints: readonly { name: string; schema: GraphQLSchema; send: SendBody }[] = [
  { name: 'the gateway', schema: api, send: sendToGateway },
  ...serviceNames.map((service) => ({
    name: `the ${service} service`,
    schema: createSubgraphSchema(
      new URL(`../../../subgraphs/${service}/schema.graphql`, import.meta.url),
      {},
    ),
    send: (body: string) =>
      signedSender(
        { service, url: `${platform.urls[service]}/graphql` },
        userViewer('ADMIN'),
        platform.contextSecret,
      )(body),
  })),
];

describe.each(endpoints)('$name', { timeout: 180_000 }, ({ schema, send }) => {
  const targets = fieldsWithArguments(schema).map((target) => ({
    name: `${target.parent.name}.${target.field.name}`,
    target,
  }));

  it.each(targets)('takes no impossible value for $name', async ({ target }) => {
    expect(await findValueProblems(schema, target, send)).toEqual([]);
  });

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '1',
    '"query"',
    '{"query":null}',
    '{"query":1}',
    '{"query":["{ __typename }"]}',
    '{"query":""}',
    '{"query":"{ __typename }","query":"{"}',
    '{"query":"query A { __typename } query A { __typename }"}',
    '{"query":"{ __typename }","variables":1}',
    '{"query":"{ __typename }","variables":[]}',
    '{"query":"{ __typename }","variables":"{}"}',
    '{"query":"{ __typename }","operationName":1}',
    '{"query":"{ __typename }","operationName":"__proto__"}',
    '{"query":"{ __typename }","extensions":[1]}',
    '{"query":"{ __typename }","extensions":{"persistedQuery":1}}',
    '{"query":"{ __typename }","extensions":{"persistedQuery":{"version":1e400,"sha256Hash":"\\u0000"}}}',
    '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"__proto__"}}}',
    '{"query":"{ \\u0000 }"}',
    '{"query":"{ \\ud800 }"}',
    '{"query":"{ __typename } \\u{0}"}',
    '{"query":"{ __typename',
    '{"__proto__":{"query":"{ __typename }"}}',
    '[{"query":"{ __typename }"},{"query":"{ __typename }"}]',
    `{"query":"{ ${'a { '.repeat(3_000)}"}`,
    `{"query":"{ __typename }","variables":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
    '['.repeat(100_000),
    '\ufeff{"query":"{ __typename }"}',
  ])('answers the body %j', async (body) => {
    const answer = await send(body);
    expect(findAnswerProblems(answer, body)).toEqual([]);
  });
});
