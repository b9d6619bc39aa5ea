import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { Fetch } from './https-fetch.js';
import { print, type GraphQLFormattedError } from 'graphql';

/** An answer to a GraphQL request over HTTP. */
export interface Answer<Data> {
  readonly status: number;
  readonly headers: Headers;
  readonly data?: Data | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** Sends GraphQL requests to one address. */
export interface GraphqlClient {
  /** Sends an operation of the apps. */
  send<Data, Variables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    options?: SendOptions,
  ): Promise<Answer<Data>>;
  /** Sends any text as the query. */
  query<Data = Record<string, unknown>>(
    query: string,
    options?: SendOptions & { readonly variables?: Readonly<Record<string, unknown>> },
  ): Promise<Answer<Data>>;
}

export interface SendOptions {
  /** The access token; absent for somebody who has not logged in. */
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `fetch` is for servers that Node does not trust by itself. */
export function createGraphqlClient(url: string, fetch: Fetch = globalThis.fetch): GraphqlClient {
  async function post<Data>(body: object, { token, headers }: SendOptions = {}): Promise<Answer<Data>> {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as Pick<Answer<Data>, 'data' | 'errors'>;
    return { ...answer, status: response.status, headers: response.headers };
  }
  return {
    send: (document, variables, options) => post({ query: print(document), variables }, options),
    query: (query, options) => post({ query, variables: options?.variables }, options),
  };
}
