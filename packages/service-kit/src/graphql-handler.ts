import { HeaderMap, type ApolloServer, type BaseContext, type HTTPGraphQLRequest } from '@apollo/server';
import type { ServerResponse } from 'node:http';
import { graphqlErrorBody, sendJson, type Exchange } from './http-server.js';
import { parseJsonBody, readBody } from './request-body.js';

/** Makes the context of an exchange, from its raw body among others; null when it has answered already. */
export type Authenticate<Context> = (
  exchange: Exchange,
  body: Buffer,
) => Context | null | Promise<Context | null>;

/** Looks at a request before Apollo Server does, and says what Apollo Server sees in its place. */
export type Admit<Context> = (
  request: HTTPGraphQLRequest,
  context: Context,
) => Promise<{ readonly request: HTTPGraphQLRequest; readonly context: Context }>;

export interface GraphqlHandlerOptions<Context extends BaseContext> {
  /** Answers; must have been started. */
  readonly apollo: ApolloServer<Context>;
  /** Sees the raw body before anything is parsed. */
  readonly authenticate: Authenticate<Context>;
  /** Sees the request when its body is known to be JSON. */
  readonly admit?: Admit<Context> | undefined;
  /** The largest body that is read, in bytes. */
  readonly maximumBodySize: number;
}

/** Answers one exchange through Apollo Server, without a web framework between them. */
export async function answerGraphql<Context extends BaseContext>(
  { apollo, authenticate, admit, maximumBodySize }: GraphqlHandlerOptions<Context>,
  exchange: Exchange,
): Promise<void> {
  const { request, response } = exchange;
  // Answers hold what only this client may see; Apollo Server says more precisely so where it knows.
  response.setHeader('cache-control', 'no-store');
  const raw = await readBody(request, maximumBodySize);
  if (raw === null) {
    // The rest of the body is not read, so that the connection cannot serve another request.
    response.setHeader('connection', 'close');
    sendJson(
      response,
      413,
      graphqlErrorBody(
        'BAD_REQUEST',
        `The body has more than ${maximumBodySize} bytes, which is the limit here.`,
      ),
    );
    return;
  }
  const context = await authenticate(exchange, raw);
  if (context === null) return;
  const body = request.method === 'POST' ? parseJsonBody(request, raw) : { value: undefined };
  if ('status' in body) {
    sendJson(response, body.status, body.body);
    return;
  }
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const url = request.url ?? '/';
  const searchAt = url.indexOf('?');
  const asked: HTTPGraphQLRequest = {
    method: request.method?.toUpperCase() ?? 'GET',
    headers,
    search: searchAt === -1 ? '' : url.slice(searchAt),
    body: body.value,
  };
  const admitted = admit === undefined ? { request: asked, context } : await admit(asked, context);
  const answer = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: admitted.request,
    context: () => Promise.resolve(admitted.context),
  });
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  response.statusCode = answer.status ?? 200;
  if (answer.body.kind === 'complete') response.end(answer.body.string);
  else await sendChunks(response, answer.body.asyncIterator);
}

async function sendChunks(response: ServerResponse, chunks: AsyncIterable<string>): Promise<void> {
  for await (const chunk of chunks) response.write(chunk);
  response.end();
}
