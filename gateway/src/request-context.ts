import { anonymous, graphqlErrorBody, sendJson, type Exchange, type Logger } from '@caregraph/service-kit';
import type { AccessTokenVerifier } from './identity/access-token-verifier.js';
import type { Config } from './config.js';
import type { GatewayContext } from './context.js';
import { startDeadline } from './limits/operation-deadline.js';
import { sendTooManyRequests, type RequestLimits } from './limits/rate-limits.js';
import { clientOf } from './exposure/trusted-proxies.js';

interface Dependencies {
  readonly verifier: AccessTokenVerifier | null;
  readonly limits: RequestLimits;
  readonly config: Pick<Config, 'operationTimeout' | 'trustProxy'>;
  readonly logger: Logger;
}

/**
 * The context of one request; null when nobody can tell who sends it, or its account has asked too much, which has
 * been answered then.
 */
export async function createContext(
  exchange: Exchange,
  { verifier, limits, config, logger }: Dependencies,
): Promise<GatewayContext | null> {
  const { request, response, requestId } = exchange;
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  try {
    const viewer = verifier === null ? anonymous : await verifier.identify(request.headers.authorization);
    const seconds = await limits.takeFromAccount(viewer);
    if (seconds !== null) {
      sendTooManyRequests(exchange, seconds);
      return null;
    }
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
