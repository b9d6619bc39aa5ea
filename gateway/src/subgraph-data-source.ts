import type { GraphQLDataSource } from '@apollo/gateway';
import { GraphQLDataSourceRequestKind } from '@apollo/gateway/dist/datasources/types.js';
import {
  anonymous,
  ServiceUnavailableError,
  type FaultCode,
  type Logger,
  type ServiceClient,
} from '@caregraph/service-kit';
import { OperationTypeNode, parse, type GraphQLFormattedError } from 'graphql';
import { placesOf } from './places.js';
import type { GatewayContext } from './context.js';

type ProcessOptions = Parameters<GraphQLDataSource<GatewayContext>['process']>[0];
type Response = Awaited<ReturnType<GraphQLDataSource['process']>>;

/**
 * Sends the gateway's fetches to one subgraph. A subgraph that does not answer, or answers what is no GraphQL
 * response, gives one error at the place of what is missing; the rest of the operation goes on.
 */
export function createSubgraphDataSource(
  service: string,
  client: ServiceClient,
  logger: Logger,
): GraphQLDataSource<GatewayContext> {
  return {
    async process(options) {
      const { query = '', operationName, variables } = options.request;
      const { call, signal } = callOf(options);
      try {
        const answer = await client.send({ query, operationName, variables }, call, signal);
        return (
          toResponse(answer) ??
          failure('DOWNSTREAM_SERVICE_ERROR', `The ${service} service gave no usable answer.`, options)
        );
      } catch (error) {
        if (!(error instanceof ServiceUnavailableError)) throw error;
        logger.warn(
          { err: error, subgraph: service, requestId: call.requestId },
          'a subgraph did not answer',
        );
        return error.reason === 'timeout'
          ? failure('GATEWAY_TIMEOUT', `The ${service} service did not answer in time.`, options)
          : failure('DOWNSTREAM_SERVICE_ERROR', `The ${service} service is unavailable.`, options);
      }
    },
  };
}

function callOf(options: ProcessOptions) {
  if (options.kind !== GraphQLDataSourceRequestKind.INCOMING_OPERATION) {
    return { call: { viewer: anonymous, requestId: 'gateway' } };
  }
  const { viewer, requestId, clientGone } = options.context;
  const isQuery = options.incomingRequestContext.operation.operation === OperationTypeNode.QUERY;
  // A mutation that has been sent is seen through: its client may be gone, what it asked for is not.
  return { call: { viewer, requestId }, signal: isQuery ? clientGone : undefined };
}

/** What the specification calls a response, and nothing else of what a subgraph may say; null where it is none. */
function toResponse({ data, errors }: Readonly<Record<string, unknown>>): Response | null {
  const hasData = typeof data === 'object' && !Array.isArray(data);
  if (!hasData && !Array.isArray(errors)) return null;
  return {
    ...(hasData && { data: data as Record<string, unknown> | null }),
    ...(Array.isArray(errors) && errors.length > 0 && { errors: errors.map(toError) }),
  };
}

function toError(error: unknown): GraphQLFormattedError {
  const { message, path, extensions } = (typeof error === 'object' && error !== null ? error : {}) as {
    message?: unknown;
    path?: unknown;
    extensions?: unknown;
  };
  return {
    message: typeof message === 'string' ? message : 'Something went wrong on our side.',
    ...(Array.isArray(path) && { path: path as (string | number)[] }),
    extensions: typeof extensions === 'object' && extensions !== null ? { ...extensions } : {},
  };
}

/** A response without data, with the same error at each place that is missing. */
function failure(code: FaultCode, message: string, options: ProcessOptions): Response {
  const places = placesOf(parse(options.request.query ?? ''));
  const error = { message, extensions: { code } };
  return { errors: places.length === 0 ? [error] : places.map((path) => ({ ...error, path })) };
}
