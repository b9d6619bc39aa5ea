import { clientNetwork, createRateLimits, redisUrlSetting, type RateLimits } from '@caregraph/rate-limits';
import {
  graphqlErrorBody,
  sendJson,
  wholeNumberSetting,
  type Client,
  type Exchange,
  type Handler,
  type Logger,
  type ProcessTls,
  type Viewer,
} from '@caregraph/service-kit';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';

const perMinute = wholeNumberSetting(0, 1_000_000_000);

/** How much one account and one address may ask of the gateway in a minute; 0 for as much as they like. */
export const rateLimitSettings = {
  RATE_LIMIT_PER_ACCOUNT: perMinute.default(6_000),
  RATE_LIMIT_PER_ADDRESS: perMinute.default(60_000),
  LOGIN_LIMIT_PER_ADDRESS: perMinute.default(300),
  REDIS_URL: redisUrlSetting.optional(),
};

/** The settings of the limits, and the secret under which what is counted is kept. */
export type RateLimitConfig = z.output<z.ZodObject<typeof rateLimitSettings>> & { readonly secret: string };

/** The logins that one operation holds. */
export interface Logins {
  readonly calls: number;
  /** The device token of the one login; null where it has none, and where there are several. */
  readonly deviceToken: string | null;
}

/** Counts what clients ask. Each answers in how many seconds the client may come again; null for now. */
export interface RequestLimits {
  /** Takes one request of an address: needs nothing but the connection. */
  takeFromAddress(client: Client): Promise<number | null>;
  /** Takes one request of an account; whoever has not logged in has none. */
  takeFromAccount(viewer: Viewer): Promise<number | null>;
  /**
   * Takes logins: of the device token where there is one, so that strangers behind the same address shut nobody out
   * who has logged in before, else of the address. Nobody looks whether the token is good: one that is made up only
   * gets past this first, cheap limit. The users service knows which are good, and its waits do the real work.
   */
  takeLogins(client: Client, logins: Logins): Promise<number | null>;
  close(): void;
}

/** Without settings, as when the gateway runs over somebody else's supergraph, nothing is limited. */
export function createRequestLimits(
  config: RateLimitConfig | null,
  tls: ProcessTls,
  logger: Logger,
): RequestLimits {
  const limits =
    config === null
      ? null
      : createRateLimits({ redisUrl: config.REDIS_URL, tls, secret: config.secret, logger });
  const byAddress = createTake(limits, 'address', config?.RATE_LIMIT_PER_ADDRESS);
  const byAccount = createTake(limits, 'account', config?.RATE_LIMIT_PER_ACCOUNT);
  const loginsByAddress = createTake(limits, 'login:address', config?.LOGIN_LIMIT_PER_ADDRESS);
  const loginsByDevice = createTake(limits, 'login:device', config?.LOGIN_LIMIT_PER_ADDRESS);
  return {
    takeFromAddress: ({ address }) => byAddress(clientNetwork(address), 1),
    takeFromAccount: (viewer) =>
      viewer.kind === 'user' ? byAccount(String(viewer.id), 1) : Promise.resolve(null),
    takeLogins: ({ address }, { calls, deviceToken }) =>
      deviceToken === null
        ? loginsByAddress(clientNetwork(address), calls)
        : loginsByDevice(deviceToken, calls),
    close() {
      limits?.close();
    },
  };
}

function createTake(limits: RateLimits | null, name: string, points = 0) {
  const limit = limits === null || points === 0 ? null : limits.limit(`requests:${name}`, points, 60);
  return async (key: string, wanted: number): Promise<number | null> => {
    const wait = limit === null ? null : await limit.take(key, wanted);
    return wait === null ? null : Math.max(1, Math.ceil(wait / 1_000));
  };
}

/** Why a client that has asked too much is refused; the same wherever that is noticed. */
export const tooManyRequests = 'Too many requests; come again later.';

/** Answers a client that has asked too much, before anything of the request has been looked at. RFC 6585, section 4. */
export function sendTooManyRequests({ response }: Exchange, seconds: number): void {
  response.setHeader('retry-after', String(seconds));
  sendJson(response, 429, graphqlErrorBody('RATE_LIMITED', tooManyRequests));
}

/** Refuses what an address asks of these paths beyond its limit, before the body is read. */
export function addressLimit(
  limits: RequestLimits,
  paths: readonly string[],
  clientOf: (request: IncomingMessage) => Client,
): Handler {
  return async (exchange) => {
    if (!paths.includes(exchange.path)) return false;
    const seconds = await limits.takeFromAddress(clientOf(exchange.request));
    if (seconds === null) return false;
    sendTooManyRequests(exchange, seconds);
    return true;
  };
}
