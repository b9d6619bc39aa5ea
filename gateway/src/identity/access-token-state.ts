import { createServiceClient, followDocument, type Logger, type ProcessTls } from '@caregraph/service-kit';
import { z } from 'zod';
import { createAccessTokenVerifier, type AccessTokenVerifier } from './access-token-verifier.js';
import type { Identity } from '../config.js';

/** How often the users service is asked, and how long it may take, in milliseconds: 5 seconds are to suffice. */
const interval = 1_000;
const timeout = 2_000;

const accessTokenState = z.object({
  /** The keys that verify access tokens (RFC 7517). */
  jwks: z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) }),
  /** Sessions whose tokens were revoked, each with the smallest epoch that is good; null where none is. */
  revoked: z.array(z.tuple([z.string(), z.number().nullable()])),
});

/** What it takes to accept an access token, as the users service says. */
export type AccessTokenState = z.output<typeof accessTokenState>;

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
    path: '/access-tokens',
    schema: accessTokenState,
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
