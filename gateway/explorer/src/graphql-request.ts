import type { ExecutionResult } from 'graphql';
import * as z from 'zod/mini';

// Compiled validators need `eval`, which the page's Content-Security-Policy forbids.
z.config({ jitless: true });

const bodyShape = z
  .looseObject({
    data: z.optional(z.nullable(z.record(z.string(), z.unknown()))),
    errors: z.optional(
      z.array(
        z.looseObject({
          message: z.string(),
          extensions: z.optional(z.looseObject({ code: z.optional(z.unknown()) })),
        }),
      ),
    ),
  })
  .check(z.refine(({ data, errors }) => data !== undefined || errors !== undefined));
/** Lets the body through as it came, so that nothing of what the server said is lost or reordered. */
const graphqlBody = z.custom<ExecutionResult>((body) => bodyShape.safeParse(body).success);

/** An operation as it is sent. */
export interface GraphqlRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: unknown;
}

/** What a request came to. */
export interface GraphqlExchange {
  readonly answer: ExecutionResult;
  /** Whether the server did nothing because the access token is missing, expired or revoked. */
  readonly unauthenticated: boolean;
  /** The server's clock when it answered, in milliseconds since 1970; undefined where it did not say. */
  readonly serverTime: number | undefined;
}

/** The part of `fetch` that is needed. */
export type Fetch = (url: string, init: RequestInit & { readonly body: string }) => Promise<Response>;

/** No GraphQL answer came; the message says why in words for people. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** Sends an operation to `endpoint`. Errors within the answer are part of it; throws `NoAnswerError` without one. */
export async function postGraphql(
  fetch: Fetch,
  endpoint: string,
  request: GraphqlRequest,
  headers: Readonly<Record<string, string>>,
): Promise<GraphqlExchange> {
  let response: Response;
  try {
    response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        accept: 'application/graphql-response+json, application/json;q=0.9',
        'content-type': 'application/json',
        ...headers,
      },
      body: JSON.stringify(request),
    });
  } catch (error) {
    throw new NoAnswerError('The server cannot be reached. Is the gateway running?', { cause: error });
  }
  const body: unknown = await response.json().catch(() => undefined);
  const parsed = graphqlBody.safeParse(body);
  if (!parsed.success) {
    throw new NoAnswerError(`The server answered with status ${response.status} instead of GraphQL.`);
  }
  const date = Date.parse(response.headers.get('date') ?? '');
  return {
    answer: parsed.data,
    unauthenticated: isUnauthenticated(bodyShape.parse(body)),
    serverTime: Number.isNaN(date) ? undefined : date,
  };
}

function isUnauthenticated({ data, errors }: z.infer<typeof bodyShape>): boolean {
  const nothingDone = Object.values(data ?? {}).every((value) => value === null);
  return nothingDone && (errors ?? []).some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
}
