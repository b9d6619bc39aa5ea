import { anonymous, graphqlErrorBody, sendJson, type Exchange, type Logger } from '@caregraph/service-kit';
import type { AccessTokenVerifier } from './access-token-verifier.js';
import type { Config } from './config.js';
import type { GatewayContext } from './context.js';
import { startDeadline } from './operation-deadline.js';
import { clientOf } from './trusted-proxies.js';

/** The context of one request; null when nobody can tell who sends it, which has been answered then. */
export async function createContext(
  { request, response, requestId }: Exchange,
  verifier: AccessTokenVerifier | null,
  config: Pick<Config, 'operationTimeout' | 'trustProxy'>,
  logger: Logger,
): Promise<GatewayContext | null> {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  try {
    const viewer = verifier === null ? anonymous : await verifier.identify(request.headers.authorization);
    return {
      viewer,
      client: clientOf(request, config.trustProxy),
      requestId,
      clientGone: gone.signal,
      deadline: startDeadline(config.operationTimeout),
      refusal: null,
    };
  } catch (error) {
    logger.error({ err: error, requestId }, 'the keys that verify access tokens cannot be had');
    sendJson(
      response,
      503,
      graphqlErrorBody('DOWNSTREAM_SERVICE_ERROR', 'The users service is unavailable.'),
    );
    return null;
  }
}
