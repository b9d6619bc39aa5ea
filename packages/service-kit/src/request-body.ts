import type { IncomingMessage } from 'node:http';
import { MIMEType } from 'node:util';
import { graphqlErrorBody } from './http-server.js';

/** The largest body that a GraphQL endpoint reads unless it is told otherwise, in bytes. */
export const defaultBodySize = 1_048_576;

/** Why a body cannot be used, as the client is told it. */
export interface BodyRefusal {
  readonly status: number;
  readonly body: object;
}

/** Reads a request's body; null when it is larger than `maximumSize` bytes. */
export async function readBody(request: IncomingMessage, maximumSize: number): Promise<Buffer | null> {
  // A body that announces its size is not read for nothing.
  if (Number(request.headers['content-length'] ?? 0) > maximumSize) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maximumSize) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * The JSON value of a POST request's body. GraphQL over HTTP, section "Request": the media type is
 * `application/json`, in UTF-8. Anything else is refused rather than guessed at, text that is not UTF-8 included,
 * which would change silently.
 */
export function parseJsonBody(request: IncomingMessage, raw: Buffer): { value: unknown } | BodyRefusal {
  if (!isJson(request.headers['content-type'])) {
    return refusal(415, 'The content-type of a POST request is application/json, in UTF-8.');
  }
  if (!['identity', undefined].includes(request.headers['content-encoding']?.trim().toLowerCase())) {
    return refusal(415, 'The body of a request is not compressed here.');
  }
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw)) as unknown };
  } catch {
    return refusal(400, 'The body of the request is not JSON.');
  }
}

function isJson(contentType: string | undefined): boolean {
  try {
    const { essence, params } = new MIMEType(contentType ?? '');
    return essence === 'application/json' && /^utf-?8$/i.test(params.get('charset') ?? 'utf-8');
  } catch {
    return false;
  }
}

function refusal(status: number, message: string): BodyRefusal {
  return { status, body: graphqlErrorBody('BAD_REQUEST', message) };
}
