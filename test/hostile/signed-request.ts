import { randomUUID } from 'node:crypto';
import { contextHeader, noClient, signContext, type Viewer } from '@caregraph/service-kit';
import { contextSecret, type SubgraphClient } from '../subgraph-client.js';
import type { HttpAnswer } from './answer.js';

/** Sends bytes to a GraphQL endpoint as the body of a `POST`, and returns whatever comes back. */
export type SendBody = (body: string) => Promise<HttpAnswer>;

/** Sends bytes straight to a subgraph, with a context that is signed for them on behalf of `viewer`. */
export function signedSender(
  { service, url }: Pick<SubgraphClient, 'service' | 'url'>,
  viewer: Viewer,
  secret = contextSecret,
): SendBody {
  return async (body) => {
    const call = { issuer: 'gateway', audience: service, target: `POST ${new URL(url).pathname}`, body };
    const context = { viewer, client: noClient, requestId: randomUUID() };
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [contextHeader]: signContext(secret, context, call),
      },
      body,
    });
    return {
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      text: await response.text(),
    };
  };
}
