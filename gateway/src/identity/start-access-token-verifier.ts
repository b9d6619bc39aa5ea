import {
  accessTokenStateDocument,
  createServiceClient,
  followDocument,
  type Logger,
  type ProcessTls,
} from '@caregraph/service-kit';
import { createAccessTokenVerifier, type AccessTokenVerifier } from './access-token-verifier.js';
import type { Identity } from '../config.js';

/** How often the users service is asked, and how long it may take, in milliseconds: 5 seconds are to suffice. */
const interval = 1_000;
const timeout = 2_000;

/**
 * Tells who sends a request, by what the users service says every second; `close` ends that. The service may be away
 * for `identity.revocationOutage`.
 */
export function startAccessTokenVerifier(
  identity: Identity,
  tls: ProcessTls,
  logger: Logger,
): AccessTokenVerifier & { close(): Promise<void> } {
  // A client of its own: a question that hangs must not last as long as an operation may.
  const client = createServiceClient({
    service: 'users',
    url: identity.usersUrl,
    issuer: 'gateway',
    secret: identity.contextSecret,
    tls,
    timeout,
  });
  const state = followDocument({
    client,
    path: accessTokenStateDocument.path,
    schema: accessTokenStateDocument.schema,
    interval,
    logger,
  });
  return {
    ...createAccessTokenVerifier(state, identity.revocationOutage),
    close() {
      state.stop();
      return client.close();
    },
  };
}
