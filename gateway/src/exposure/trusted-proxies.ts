import type { Client, Handler, Logger } from '@caregraph/service-kit';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddr from 'proxy-addr';
import type { z } from 'zod';

/** Whether the word of an address is taken; `distance` counts from the one that is connected to us, which is 0. */
export type TrustProxy = (address: string, distance: number) => boolean;

/** How much of a user agent is kept, in characters. */
const userAgentLength = 200;

/**
 * Reads `TRUST_PROXY`: `none`, how many proxies there are in a row, or addresses, networks (`10.0.0.0/8`) and the
 * names `loopback`, `linklocal` and `uniquelocal`, separated by commas. For use in a zod schema.
 */
export function parseTrustedProxies(text: string, context: z.RefinementCtx): TrustProxy {
  const value = text.trim();
  if (value === 'none') return () => false;
  if (/^\d{1,2}$/.test(value)) return (_, distance) => distance < Number(value);
  try {
    return proxyAddr.compile(value.split(/[\s,]+/));
  } catch {
    context.addIssue('must be none, a number of proxies, or a list of addresses, networks or loopback');
    return () => false;
  }
}

/**
 * Where a request comes from: the connection's address, or, behind proxies that are trusted, the first one in
 * `X-Forwarded-For`, counted from our side, that is not a trusted proxy's. What is further off anybody can write.
 */
export function clientOf(request: IncomingMessage, trust: TrustProxy): Client {
  const { socket, headers } = request;
  const addresses = proxyAddr.all(request, trust).map(plainAddress);
  // A proxy may write a word such as "unknown": then the last address that is one speaks for the client.
  const address = addresses.findLast((candidate) => isIP(candidate) !== 0) ?? socket.remoteAddress ?? null;
  const userAgent = headers['user-agent']?.slice(0, userAgentLength).replace(/[^\x20-\x7e]/g, '?');
  return { address, userAgent: userAgent ?? null };
}

/** Whether the client's own connection is encrypted, ours or the one to a proxy that is trusted. */
export function cameOverTls({ socket, headers }: IncomingMessage, trust: TrustProxy): boolean {
  if ('encrypted' in socket && socket.encrypted === true) return true;
  const [protocol] = String(headers['x-forwarded-proto'] ?? '').split(',');
  return protocol?.trim().toLowerCase() === 'https' && trust(socket.remoteAddress ?? '', 0);
}

/**
 * Warns, once, when somebody forwards requests whose word is not taken: behind a proxy that `TRUST_PROXY` forgets, all
 * clients have its address, and share the limits of one.
 */
export function warnOfUntrustedProxies(trust: TrustProxy, logger: Logger): Handler {
  let hasWarned = false;
  return ({ request: { headers, socket } }) => {
    const address = socket.remoteAddress ?? '';
    if (!hasWarned && headers['x-forwarded-for'] !== undefined && !trust(address, 0)) {
      hasWarned = true;
      const consequence = 'its clients share the limits of one address, unless TRUST_PROXY names it';
      logger.warn({ address: plainAddress(address) }, `X-Forwarded-For is not believed: ${consequence}`);
    }
    return false;
  };
}

/** An IPv4 address as such, also where the socket speaks IPv6. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
