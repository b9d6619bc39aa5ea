import { randomInt, randomUUID } from 'node:crypto';
import {
  createServiceClient,
  noClient,
  type Client,
  type Role,
  type ServiceName,
  type Viewer,
} from '@caregraph/service-kit';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print, type GraphQLFormattedError } from 'graphql';

/** The secret under which the services of the tests, and this client, sign contexts. */
export const contextSecret = 'a secret of the tests, known to both sides';

/** What a subgraph answered. Where there are errors, `data` may have less than its type says. */
export interface Answer<Data> {
  readonly data: Data;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** Calls one subgraph, as the gateway or another service does. */
export interface SubgraphClient extends AsyncDisposable {
  readonly service: ServiceName;
  readonly url: string;
  /** Sends an operation on behalf of a viewer; from nowhere, unless it is said where the request came from. */
  ask<Data, Variables extends Readonly<Record<string, unknown>>>(
    viewer: Viewer,
    operation: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    client?: Client,
  ): Promise<Answer<Data>>;
  /** Resolves references, with a selection such as `... on Patient { fullName }`. */
  resolveReferences(
    viewer: Viewer,
    selection: string,
    representations: readonly object[],
  ): Promise<Answer<{ readonly _entities: readonly unknown[] }>>;
}

/** A client of the subgraph that listens on `port`. */
export function createSubgraphClient(service: ServiceName, port: number): SubgraphClient {
  const url = `http://127.0.0.1:${port}/graphql`;
  const client = createServiceClient({
    service,
    url,
    issuer: 'gateway',
    secret: contextSecret,
    timeout: 30_000,
  });
  async function send<Data>(
    viewer: Viewer,
    query: string,
    variables: Readonly<Record<string, unknown>>,
    from = noClient,
  ) {
    const call = { viewer, client: from, requestId: randomUUID() };
    const answer: object = await client.send({ query, variables }, call);
    return answer as Answer<Data>;
  }
  return {
    service,
    url,
    ask: (viewer, operation, variables, from) => send(viewer, print(operation), variables, from),
    resolveReferences: (viewer, selection, representations) =>
      send(
        viewer,
        `query ($representations: [_Any!]!) { _entities(representations: $representations) { ${selection} } }`,
        { representations },
      ),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** A user of the role; with an id that no other test has, unless it is given. */
export function userViewer(role: Role, id = randomInt(1_000_000_000, 2_000_000_000)) {
  return { kind: 'user', id, role, sessionId: randomUUID() } as const satisfies Viewer;
}

/** The principal under which one service calls another. */
export function serviceViewer(name: ServiceName): Viewer {
  return { kind: 'service', name };
}
