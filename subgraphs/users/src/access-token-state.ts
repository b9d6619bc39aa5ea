import { accessTokenStateDocument, serveDocument, type ServiceRoute } from '@caregraph/service-kit';
import type { AccessTokenKeys } from './access-token-keys.js';
import type { SessionRepository } from './session-repository.js';

/** How much longer than its access tokens a revocation is told, in seconds: clocks differ, and commits take time. */
const margin = 60;

/**
 * What the gateway needs to know to accept an access token: the keys that verify it, and the sessions whose tokens
 * were revoked before they expired. `lifetime` is that of access tokens, in seconds.
 */
export function accessTokenState(
  keys: AccessTokenKeys,
  sessions: SessionRepository,
  lifetime: number,
): ServiceRoute {
  return serveDocument(accessTokenStateDocument, async () => ({
    jwks: keys.jwks(),
    revoked: await sessions.listRevoked(new Date(Date.now() - (lifetime + margin) * 1_000)),
  }));
}
