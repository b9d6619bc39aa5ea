import type { Handler } from '@caregraph/service-kit';
import { cameOverTls, type TrustProxy } from './trusted-proxies.js';

/** Nothing in an answer is to be run, framed or shown as a page (OWASP REST Security Cheat Sheet). */
const nothing = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/**
 * Apollo's landing page names in a `meta` element what it may load from Apollo's CDN, by a nonce that is its own, which
 * no header could know. What a `meta` element cannot say, and what it leaves open, is said here: both hold.
 */
const sandboxPage =
  "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; worker-src 'none'";

/** Two years, as browsers ask of sites that are always encrypted (RFC 6797). */
const transportSecurity = 'max-age=63072000';

/** Puts on every answer what keeps browsers from making more of it than it is. A page may set its own policy. */
export function securityHeaders(trust: TrustProxy): Handler {
  return ({ request, response, path }) => {
    const isPage = path === '/' && request.method === 'GET';
    response.setHeader('content-security-policy', isPage ? sandboxPage : nothing);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('x-frame-options', 'DENY');
    response.setHeader('referrer-policy', 'no-referrer');
    if (cameOverTls(request, trust)) response.setHeader('strict-transport-security', transportSecurity);
    return false;
  };
}
