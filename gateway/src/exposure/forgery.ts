import type { Handler } from '@caregraph/service-kit';
import type { IncomingHttpHeaders } from 'node:http';

/** The header by which a client says to Apollo Server that no page could have made a browser send its request. */
const vouchingHeader = 'apollo-require-preflight';

/**
 * Vouches to Apollo Server's CSRF prevention, which refuses every GET that a browser could send without asking
 * beforehand, for those that no page of another site has caused: clients that are no browsers need no header then.
 * POSTs need nobody's word, because only JSON is taken.
 */
export const vouchForOwnGets: Handler = ({ request }) => {
  if (request.method === 'GET' && !mayBeForged(request.headers)) request.headers[vouchingHeader] = 'true';
  return false;
};

/**
 * Whether another site's page may have made a browser send a request. Browsers say whose page it was (W3C, Fetch
 * Metadata Request Headers; OWASP, Cross-Site Request Forgery Prevention Cheat Sheet); but where they do not, over
 * plain HTTP for one, all that tells is what every browser calls itself.
 */
export function mayBeForged(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  return headers.origin !== undefined || /^mozilla\//i.test(headers['user-agent'] ?? '');
}
