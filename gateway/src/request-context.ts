import {
  anonymous,
  graphqlErrorBody,
  sendJson,
  type Client,
  type Exchange,
  type Logger,
} from '@caregraph/service-kit';
import type { IncomingMessage } from 'node:http';
import type { AccessTokenVerifier } from './access-token-verifier.js';
import type { GatewayContext } from './context.js';

/** The context of one request; null when nobody can tell who sends it, which has been answered then. */
export async function createContext(
  { request, response, requestId }: Exchange,
  verifier: AccessTokenVerifier | null,
  logger: Logger,
): Promise<GatewayContext | null> {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  try {
    const viewer = verifier === null ? anonymous : await verifier.identify(request.headers.authorization);
    return { viewer, client: clientOf(request), requestId, clientGone: gone.signal };
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

function clientOf({ socket, headers }: IncomingMessage): Client {
  return { address: socket.remoteAddress ?? null, userAgent: headers['user-agent'] ?? null };
}
