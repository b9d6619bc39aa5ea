import { setMaxListeners } from 'node:events';
import { anonymous, type Exchange, type Logger, type Viewer } from '@caregraph/service-kit';
import type { AccessTokenVerifier } from './identity/access-token-verifier.js';
import type { Config } from './config.js';
import type { GatewayContext } from './context.js';
import { startDeadline } from './limits/operation-deadline.js';
import { sendTooManyRequests, type RequestLimits } from './limits/rate-limits.js';
import { sendUsersUnavailable } from './identity/jwks-route.js';
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
  setMaxListeners(0, gone.signal);
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  let viewer: Viewer = anonymous;
  try {
    if (verifier !== null) viewer = await verifier.identify(request.headers.authorization);
  } catch (error) {
    sendUsersUnavailable(exchange, error, logger);
    return null;
  }
  const seconds = await limits.takeFromAccount(viewer);
  if (seconds !== null) {
    sendTooManyRequests(exchange, seconds);
    return null;
  }
  return {
    viewer,
    client: clientOf(request, config.trustProxy),
    requestId,
    isIdentified: request.headers.authorization !== undefined || request.headers.cookie !== undefined,
    clientGone: gone.signal,
    deadline: startDeadline(config.operationTimeout),
    refusal: null,
  };
}
