import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** The closed set of `extensions.code` that clients can switch on, beside Apollo's own request codes. */
export type FaultCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'BAD_USER_INPUT'
  | 'RATE_LIMITED'
  | 'DOWNSTREAM_SERVICE_ERROR'
  | 'GATEWAY_TIMEOUT'
  | 'INTERNAL_SERVER_ERROR';

const requestCodes = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
]);

const faultCodes = new Set<string>([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'RATE_LIMITED',
  'DOWNSTREAM_SERVICE_ERROR',
  'GATEWAY_TIMEOUT',
] satisfies FaultCode[]);

/** An error that a client may see as it is, with a code of the closed set. */
export function fault(code: FaultCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/**
 * A value of an argument that its scalar refuses. Marked, because Apollo Server gives errors that validation finds a
 * code of its own, and a value is as wrong in the document as it is in a variable.
 */
export function invalidValue(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', invalidValue: true } });
}

/**
 * What a client sees of an error: message, place, path and a code of the closed set. Whatever was not meant for
 * clients (a bug, a database's message) becomes one sentence without a detail; the log has the rest.
 */
export function formatError(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const code =
    formatted.extensions?.['invalidValue'] === true ? 'BAD_USER_INPUT' : formatted.extensions?.['code'];
  const known = typeof code === 'string' && (faultCodes.has(code) || requestCodes.has(code));
  return {
    message: known ? formatted.message : 'Something went wrong on our side.',
    ...(formatted.locations && { locations: formatted.locations }),
    ...(formatted.path && { path: formatted.path }),
    extensions: { code: known ? code : 'INTERNAL_SERVER_ERROR' },
  };
}

/** Whether an error is a fault of ours that belongs in the log, and not an answer to a client's mistake. */
export function isUnexpected(error: GraphQLFormattedError): boolean {
  return formatError(error).extensions?.['code'] === 'INTERNAL_SERVER_ERROR';
}
