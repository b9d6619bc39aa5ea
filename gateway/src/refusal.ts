import { HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { GatewayContext } from './context.js';

/** Why the gateway does not carry out a request that it could read. */
export type RefusalCode =
  'BAD_USER_INPUT' | 'BAD_REQUEST' | 'GRAPHQL_VALIDATION_FAILED' | 'PERSISTED_QUERY_NOT_FOUND';

/** An error that answers a request in place of its operation, with an HTTP status. */
export function refusal(code: RefusalCode, message: string): GraphQLError {
  // A hash that is not known yet is a step of the protocol, which no cache may keep, and not a mistake.
  const http =
    code === 'PERSISTED_QUERY_NOT_FOUND'
      ? { status: 200, headers: new HeaderMap([['cache-control', 'no-store']]) }
      : { status: 400 };
  return new GraphQLError(message, { extensions: { code, http } });
}

/**
 * Answers with the refusal of a request's context: as Apollo Server answers with its own errors, or, to somebody who has
 * to log in first, as an operation that has come to nothing.
 */
export const refusals: ApolloServerPlugin<GatewayContext> = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ contextValue: { refusal: reason } }) {
        return reason === null || needsLogin(reason) ? Promise.resolve() : Promise.reject(reason);
      },
      responseForOperation({ contextValue: { refusal: reason } }) {
        if (reason === null) return Promise.resolve(null);
        const singleResult = { data: null, errors: [reason.toJSON()] };
        return Promise.resolve({
          http: { headers: new HeaderMap() },
          body: { kind: 'single' as const, singleResult },
        });
      },
    }),
};

function needsLogin({ extensions }: GraphQLError): boolean {
  return extensions['code'] === 'UNAUTHENTICATED';
}
