import type { GraphQLDataSource } from '@apollo/gateway';
import { GraphQLDataSourceRequestKind } from '@apollo/gateway/dist/datasources/types.js';
import {
  anonymous,
  ServiceUnavailableError,
  type FaultCode,
  type Logger,
  type ServiceClient,
} from '@caregraph/service-kit';
import { OperationTypeNode, type GraphQLFormattedError } from 'graphql';
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
        return toResponse(service, await client.send({ query, operationName, variables }, call, signal));
      } catch (error) {
        if (!(error instanceof ServiceUnavailableError)) throw error;
        logger.warn(
          { err: error, subgraph: service, requestId: call.requestId },
          'a subgraph did not answer',
        );
        return failure(
          error.reason === 'timeout' ? 'GATEWAY_TIMEOUT' : 'DOWNSTREAM_SERVICE_ERROR',
          error.reason === 'timeout'
            ? `The ${service} service did not answer in time.`
            : `The ${service} service is unavailable.`,
        );
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

/** Lets through what the specification calls a response, and nothing else of what a subgraph may say. */
function toResponse(service: string, { data, errors }: Readonly<Record<string, unknown>>): Response {
  const hasData = typeof data === 'object' && !Array.isArray(data);
  if (!hasData && !Array.isArray(errors)) {
    return failure('DOWNSTREAM_SERVICE_ERROR', `The ${service} service gave no usable answer.`);
  }
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

function failure(code: FaultCode, message: string): Response {
  return { errors: [{ message, extensions: { code } }] };
}
