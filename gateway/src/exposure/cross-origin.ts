import type { Handler } from '@caregraph/service-kit';
import cors from 'cors';

/**
 * Lets pages of the given origins read the answers of `/graphql`, and answers what their browsers ask beforehand. Credentials
 * are not shared: a client shows who it is by a bearer token, which no browser sends on its own.
 */
export function crossOrigin(origins: readonly string[]): Handler {
  const allow = cors({
    origin: [...origins],
    methods: ['GET', 'POST'],
    allowedHeaders: ['authorization', 'content-type', 'apollo-require-preflight', 'x-apollo-operation-name'],
    exposedHeaders: ['retry-after', 'x-request-id'],
    maxAge: 7_200,
  });
  return ({ request, response, path }) => {
    if (path !== '/graphql' || origins.length === 0) return false;
    let goesOn = false;
    // Calls back at once: origins are compared, not looked up.
    allow(request, response, () => {
      goesOn = true;
    });
    return !goesOn;
  };
}
