import { HeaderMap, type HTTPGraphQLRequest } from '@apollo/server';

/** What a request says, by GraphQL over HTTP: in the body of a POST, or in the URL of a GET. */
export interface RequestParameters {
  readonly query: string | undefined;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly extensions: Readonly<Record<string, unknown>>;
  /** Names a document that the server knows, in place of `query`. Not checked: it may be anything. */
  readonly documentId: unknown;
}

/** Reads the parameters of a request; null where Apollo Server refuses it for them, and says why. */
export function readParameters({ method, body, search }: HTTPGraphQLRequest): RequestParameters | null {
  const given = method === 'POST' ? body : method === 'GET' ? fromSearch(search) : null;
  if (!isRecord(given)) return null;
  const { query, operationName, variables, extensions, documentId } = given;
  // What is nothing to JavaScript is nothing to Apollo Server here.
  const isQuery = typeof query === 'string' || !query;
  const isOperationName = typeof operationName === 'string' || operationName == null;
  const areRecords = [variables, extensions].every((value) => value == null || isRecord(value));
  if (!isQuery || !isOperationName || !areRecords) return null;
  return {
    query: typeof query === 'string' && query !== '' ? query : undefined,
    operationName: operationName ?? undefined,
    variables: isRecord(variables) ? variables : {},
    extensions: isRecord(extensions) ? extensions : {},
    documentId: documentId ?? undefined,
  };
}

/** The request with other parameters, and no others than these. */
export function withParameters(
  request: HTTPGraphQLRequest,
  { query, operationName, variables, extensions }: Omit<RequestParameters, 'documentId'>,
): HTTPGraphQLRequest {
  const headers = new HeaderMap(request.headers);
  if (request.method === 'POST') {
    // Apollo Server takes null for nothing, and not undefined.
    const body = { query, operationName: operationName ?? null, variables, extensions };
    return { ...request, headers, body };
  }
  const search = new URLSearchParams({
    ...(query !== undefined && { query }),
    ...(operationName !== undefined && { operationName }),
    variables: JSON.stringify(variables),
    extensions: JSON.stringify(extensions),
  });
  return { ...request, headers, search: `?${search.toString()}` };
}

function fromSearch(search: string): Record<string, unknown> | null {
  const given = new URLSearchParams(search);
  const parameters: Record<string, unknown> = {};
  for (const name of ['query', 'operationName', 'variables', 'extensions', 'documentId']) {
    const [value, ...more] = given.getAll(name);
    if (more.length > 0) {
      // Apollo Server does not know this one, so that it would not refuse it.
      if (name === 'documentId') parameters[name] = [value, ...more];
      else return null;
    } else if (value !== undefined) parameters[name] = value;
  }
  for (const name of ['variables', 'extensions']) {
    const value = parameters[name];
    if (typeof value !== 'string') continue;
    try {
      parameters[name] = JSON.parse(value);
    } catch {
      return null;
    }
    if (!isRecord(parameters[name])) return null;
  }
  return parameters;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
