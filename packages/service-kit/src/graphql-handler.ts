import { HeaderMap, type ApolloServer, type BaseContext } from '@apollo/server';
import type { ServerResponse } from 'node:http';
import { graphqlErrorBody, sendJson, type Exchange } from './http-server.js';
import { readBody } from './request-body.js';

/** Makes the context of an exchange, from its raw body among others; null when it has answered already. */
export type Authenticate<Context> = (
  exchange: Exchange,
  body: Buffer,
) => Context | null | Promise<Context | null>;

/**
 * Answers one exchange through Apollo Server, without a web framework between them. `authenticate` sees the raw
 * body before it is parsed.
 */
export async function answerGraphql<Context extends BaseContext>(
  server: ApolloServer<Context>,
  exchange: Exchange,
  authenticate: Authenticate<Context>,
): Promise<void> {
  const { request, response } = exchange;
  const raw = await readBody(request);
  if (raw === null) {
    // The rest of the body is not read, so that the connection cannot serve another request.
    response.setHeader('connection', 'close');
    sendJson(response, 413, graphqlErrorBody('BAD_REQUEST', 'The request is too large.'));
    return;
  }
  const context = await authenticate(exchange, raw);
  if (context === null) return;
  const body = request.method === 'POST' ? parseJson(raw) : { value: undefined };
  if (body === null) {
    sendJson(response, 400, graphqlErrorBody('BAD_REQUEST', 'The body of the request is not JSON.'));
    return;
  }
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const url = request.url ?? '/';
  const searchAt = url.indexOf('?');
  const answer = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: request.method?.toUpperCase() ?? 'GET',
      headers,
      search: searchAt === -1 ? '' : url.slice(searchAt),
      body: body.value,
    },
    context: () => Promise.resolve(context),
  });
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  response.statusCode = answer.status ?? 200;
  if (answer.body.kind === 'complete') response.end(answer.body.string);
  else await sendChunks(response, answer.body.asyncIterator);
}

function parseJson(raw: Buffer): { value: unknown } | null {
  try {
    return { value: JSON.parse(raw.toString('utf8')) as unknown };
  } catch {
    return null;
  }
}

async function sendChunks(response: ServerResponse, chunks: AsyncIterable<string>): Promise<void> {
  for await (const chunk of chunks) response.write(chunk);
  response.end();
}
