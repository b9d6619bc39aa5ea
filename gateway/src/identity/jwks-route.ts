import { graphqlErrorBody, sendJson, type Exchange, type Handler, type Logger } from '@caregraph/service-kit';
import type { AccessTokenVerifier } from './access-token-verifier.js';

/**
 * `GET /.well-known/jwks.json`: the keys that verify access tokens, for other services of a clinic; 503 while the users
 * service does not tell them.
 */
export function jwksRoute(verifier: Pick<AccessTokenVerifier, 'keys'> | null, logger: Logger): Handler {
  return async (exchange) => {
    const { request, response, path } = exchange;
    if (verifier === null || request.method !== 'GET' || path !== '/.well-known/jwks.json') return false;
    try {
      sendJson(response, 200, await verifier.keys());
    } catch (error) {
      sendUsersUnavailable(exchange, error, logger);
    }
    return true;
  };
}

/** Answers a request that needs to know which access tokens are good, and logs why nobody does. */
export function sendUsersUnavailable(
  { response, requestId }: Exchange,
  error: unknown,
  logger: Logger,
): void {
  logger.error({ err: error, requestId }, 'the users service does not tell which access tokens are good');
  const body = graphqlErrorBody('DOWNSTREAM_SERVICE_ERROR', 'The users service is unavailable.');
  sendJson(response, 503, body);
}
