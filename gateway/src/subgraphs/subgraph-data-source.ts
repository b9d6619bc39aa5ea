import type { GraphQLDataSource } from '@apollo/gateway';
import { GraphQLDataSourceRequestKind } from '@apollo/gateway/dist/datasources/types.js';
import {
  anonymous,
  formatError,
  noClient,
  ServiceUnavailableError,
  type FaultCode,
  type Logger,
  type ServiceClient,
} from '@caregraph/service-kit';
import { OperationTypeNode, parse, type GraphQLFormattedError } from 'graphql';
import type { GatewayContext } from '../context.js';
import { beforeDeadline } from '../limits/operation-deadline.js';
import { placesOf } from './places.js';

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
      const { call, signal, deadline } = callOf(options);
      const tooLate = () => failure('GATEWAY_TIMEOUT', 'The operation took longer than it may.', options);
      if (hasPassed(deadline)) return tooLate();
      try {
        const sent = client.send({ query, operationName, variables }, call, signal);
        const { data, errors } = await beforeDeadline(sent, deadline);
        const hasData = typeof data === 'object' && !Array.isArray(data);
        const faults = toFaults(errors, options);
        if (faults !== null && (hasData || faults.length > 0)) {
          return {
            ...(hasData && { data: data as Record<string, unknown> | null }),
            ...(faults.length > 0 && { errors: faults }),
          };
        }
        logger.warn(
          { subgraph: service, requestId: call.requestId, codes: codesOf(errors) },
          'a subgraph gave no usable answer',
        );
        return failure('DOWNSTREAM_SERVICE_ERROR', `The ${service} service gave no usable answer.`, options);
      } catch (error) {
        if (hasPassed(deadline)) return tooLate();
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

function hasPassed(deadline: AbortSignal): boolean {
  return deadline.aborted;
}

function callOf(options: ProcessOptions) {
  if (options.kind !== GraphQLDataSourceRequestKind.INCOMING_OPERATION) {
    const call = { viewer: anonymous, client: noClient, requestId: 'gateway' };
    return { call, deadline: new AbortController().signal };
  }
  const { viewer, client, requestId, clientGone, deadline } = options.context;
  const isQuery = options.incomingRequestContext.operation.operation === OperationTypeNode.QUERY;
  // A mutation that has been sent is seen through: its client may be gone, what it asked for is not.
  const signal = isQuery ? AbortSignal.any([clientGone, deadline]) : undefined;
  return { call: { viewer, client, requestId }, signal, deadline };
}

/**
 * The errors of a response, as a client may see them, each with its place; null where they say that the subgraph
 * could not make anything of the request. An error without a place concerns the request as the gateway made it, so
 * that it is no client's doing unless a value in it is.
 */
function toFaults(errors: unknown, options: ProcessOptions): GraphQLFormattedError[] | null {
  const faults: GraphQLFormattedError[] = [];
  for (const error of Array.isArray(errors) ? errors : []) {
    const { message, path, extensions } = (isObject(error) ? error : {}) as Record<string, unknown>;
    const fault = formatError({
      message: String(message),
      extensions: { code: isObject(extensions) && 'code' in extensions ? extensions.code : undefined },
    });
    if (Array.isArray(path)) faults.push({ ...fault, path: path as (string | number)[] });
    else if (fault.extensions?.['code'] === 'BAD_USER_INPUT') faults.push(...atMissingPlaces(fault, options));
    else return null;
  }
  return faults;
}

/** The codes of errors, for the log: their messages may quote what somebody has sent. */
function codesOf(errors: unknown): unknown[] {
  return (Array.isArray(errors) ? errors : []).map((error: unknown) =>
    isObject(error) && 'extensions' in error && isObject(error.extensions) && 'code' in error.extensions
      ? error.extensions.code
      : null,
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A response without data, with the same error at each place that is missing. */
function failure(code: FaultCode, message: string, options: ProcessOptions): Response {
  return { errors: atMissingPlaces({ message, extensions: { code } }, options) };
}

function atMissingPlaces(error: GraphQLFormattedError, { request }: ProcessOptions): GraphQLFormattedError[] {
  const places = placesOf(parse(request.query ?? ''));
  return places.length === 0 ? [error] : places.map((path) => ({ ...error, path }));
}
