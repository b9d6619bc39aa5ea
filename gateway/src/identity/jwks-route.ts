import { sendJson, type Handler } from '@caregraph/service-kit';
import type { AccessTokenVerifier } from './access-token-verifier.js';

/** `GET /.well-known/jwks.json`: the keys that verify access tokens, for other services of a clinic. */
export function jwksRoute(verifier: AccessTokenVerifier | null): Handler {
  return async ({ request, response, path }) => {
    if (verifier === null || request.method !== 'GET' || path !== '/.well-known/jwks.json') return false;
    sendJson(response, 200, await verifier.keys());
    return true;
  };
}
