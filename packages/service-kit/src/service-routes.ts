import { createHash } from 'node:crypto';
import { sendJson, type Handler } from './http-server.js';
import { contextHeader, type ContextVerifier } from './signed-context.js';
import type { Principal } from './viewer.js';

/** A document that a service keeps for other processes of the platform, and for nobody else. */
export interface ServiceRoute {
  readonly path: string;
  /** The principals that may read it. */
  readonly readers: readonly Principal[];
  readonly read: () => Promise<unknown>;
}

/**
 * `GET` of the routes, for callers that present a context signed for that very call in a name that may read it;
 * everybody else gets 401 `UNAUTHENTICATED`. Answers 304 where the caller has the document already.
 */
export function serviceRoutesHandler(routes: readonly ServiceRoute[], contexts: ContextVerifier): Handler {
  return async ({ request, response, path }) => {
    const route = routes.find((candidate) => candidate.path === path);
    if (route === undefined || request.method !== 'GET') return false;
    const header = request.headers[contextHeader];
    const call = contexts.verify(typeof header === 'string' ? header : undefined, {
      target: `GET ${request.url ?? ''}`,
      body: '',
    });
    if (call?.viewer.kind !== 'service' || !route.readers.includes(call.viewer.name)) {
      sendJson(response, 401, unauthenticated);
      return true;
    }
    const document = await route.read();
    const etag = `"${createHash('sha256').update(JSON.stringify(document)).digest('base64url')}"`;
    response.setHeader('etag', etag);
    if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
    else sendJson(response, 200, document);
    return true;
  };
}

/** What whoever has no signed context is told, whatever was asked. */
export const unauthenticated = {
  errors: [{ message: 'This service answers the gateway only.', extensions: { code: 'UNAUTHENTICATED' } }],
};
