import type { IncomingMessage } from 'node:http';

/** The largest body that a GraphQL endpoint reads, in bytes. */
const maximumBodySize = 1_048_576;

/** Reads a request's body; null when it is larger than a GraphQL request may be. */
export async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maximumBodySize) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
