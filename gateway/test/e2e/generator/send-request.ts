import { Agent, request as httpRequest } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { findAnswerProblems, findLeaks, type HttpAnswer } from '../../../../test/hostile/answer.js';
import type { GeneratedRequest } from './random-request.js';

/** How long the gateway may take before a request counts as one that hangs, in milliseconds. */
const deadline = 30_000;

const agent = new Agent({ keepAlive: true, maxSockets: 32 });

/** Sends a request as it is, whatever is wrong with it; rejects when the connection breaks or nothing comes in time. */
export function sendRequest(
  origin: string,
  request: GeneratedRequest,
  token: string | undefined,
): Promise<HttpAnswer> {
  const { method, target, headers, body } = request;
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      {
        ...addressOf(origin),
        agent,
        method,
        path: target,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== null && { 'content-length': body.length }),
          ...headers,
        },
        signal: AbortSignal.timeout(deadline),
      },
      (response) => {
        const { statusCode = 0, headers: answered } = response;
        readText(response).then((text) => {
          resolve({ status: statusCode, contentType: answered['content-type'] ?? '', text });
        }, reject);
      },
    );
    sent.once('error', reject);
    sent.end(body ?? undefined);
  });
}

function addressOf(origin: string): { host: string; port: string } {
  const { hostname, port } = new URL(origin);
  return { host: hostname, port };
}

/** What is wrong with the answer to a generated request, which need not have been about GraphQL. */
export function findProblems(request: GeneratedRequest, answer: HttpAnswer): string[] {
  const { status, contentType, text } = answer;
  const sent = `${request.target} ${request.body?.toString('utf8') ?? ''}`;
  const isPage = status === 200 && contentType.startsWith('text/html');
  // Methods and paths that are not GraphQL's get a word about that, or nothing at all, and pages for browsers.
  if (text === '' || isPage || status === 404 || status === 405 || !contentType.includes('json')) {
    return [...(status >= 500 ? [`has the status ${status}`] : []), ...(isPage ? [] : findLeaks(text, sent))];
  }
  return findAnswerProblems(answer, sent);
}
