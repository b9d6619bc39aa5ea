import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';

/** What of `fetch` the tests need. */
export type Fetch = (
  url: string,
  init?: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string },
) => Promise<Response>;

/** A `fetch` that trusts one authority; or without one, as health probes do, any server at all. */
export function createHttpsFetch(authority?: string): Fetch {
  const trust = authority === undefined ? { rejectUnauthorized: false } : { ca: authority };
  return async (url, { method = 'GET', headers = {}, body } = {}) => {
    const sent = request(url, { ...trust, method, headers }).end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const content = Buffer.concat((await response.toArray()) as Buffer[]);
    const given = Object.entries(response.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    return new Response(content, { status: response.statusCode ?? 0, headers: given });
  };
}
