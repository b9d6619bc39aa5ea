import { accessTokenStateDocument, serveDocument, type ServiceRoute } from '@caregraph/service-kit';
import type { AccessTokenKeys } from './access-token-keys.js';
import { longestAccessTokenLife } from './access-token-limits.js';
import type { SessionRepository } from './session-repository.js';

/**
 * For how long a revocation is told, in seconds: for the longest life of a token, not that of today's setting, which
 * older tokens do not know; and for another minute, because clocks differ, and commits take time.
 */
const memory = longestAccessTokenLife + 60;

/**
 * What the gateway needs to know to accept an access token: the keys that verify it, and the sessions whose tokens
 * were revoked before they expired.
 */
export function accessTokenState(keys: AccessTokenKeys, sessions: SessionRepository): ServiceRoute {
  return serveDocument(accessTokenStateDocument, async () => ({
    jwks: keys.jwks(),
    revoked: await sessions.listRevoked(new Date(Date.now() - memory * 1_000)),
  }));
}
