import type { GraphiQLProps } from 'graphiql';
import type { Session } from './session.js';

/** Sends what GraphiQL asks for, introspection included, under the session. */
export function createFetcher(session: Session): GraphiQLProps['fetcher'] {
  return ({ query, operationName, variables }, options) =>
    session.execute({ query, operationName, variables }, options?.headers);
}
