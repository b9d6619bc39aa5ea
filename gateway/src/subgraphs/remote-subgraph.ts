import {
  formatError,
  ServiceUnavailableError,
  type FaultCode,
  type Logger,
  type ServiceClient,
} from '@caregraph/service-kit';
import { beforeDeadline } from '../limits/operation-deadline.js';
import type { Subgraph, SubgraphAnswer, SubgraphError, SubgraphRequest } from './subgraph-request.js';

/**
 * A subgraph behind a connection. One that does not answer, or answers what is no GraphQL response, gives one error at
 * the place of what is missing; the rest of the operation goes on.
 */
export function createRemoteSubgraph(service: string, client: ServiceClient, logger: Logger): Subgraph {
  return {
    async send(request, { call, isShareable, abandoned, deadline }) {
      const tooLate = () => failure('GATEWAY_TIMEOUT', 'The operation took longer than it may.', request);
      if (hasPassed(deadline)) return tooLate();
      try {
        const sent = client.send(request.body, call, { signal: abandoned, isShareable });
        const { data, errors } = await beforeDeadline(sent, deadline);
        const hasData = typeof data === 'object' && !Array.isArray(data);
        const faults = toFaults(errors, request);
        if (faults !== null && (hasData || faults.length > 0)) {
          return { data: hasData ? (data as SubgraphAnswer['data']) : null, errors: faults };
        }
        logger.warn(
          { subgraph: service, requestId: call.requestId, codes: codesOf(errors) },
          'a subgraph gave no usable answer',
        );
        return failure('DOWNSTREAM_SERVICE_ERROR', `The ${service} service gave no usable answer.`, request);
      } catch (error) {
        if (hasPassed(deadline)) return tooLate();
        if (!(error instanceof ServiceUnavailableError)) throw error;
        logger.warn(
          { err: error, subgraph: service, requestId: call.requestId },
          'a subgraph did not answer',
        );
        return error.reason === 'timeout'
          ? failure('GATEWAY_TIMEOUT', `The ${service} service did not answer in time.`, request)
          : failure('DOWNSTREAM_SERVICE_ERROR', `The ${service} service is unavailable.`, request);
      }
    },
  };
}

function hasPassed(deadline: AbortSignal): boolean {
  return deadline.aborted;
}

/**
 * The errors of a response, as a client may see them, each with its place; null where they say that the subgraph
 * could not make anything of the request. An error without a place concerns the request as the gateway made it, so
 * that it is no client's doing unless a value in it is.
 */
function toFaults(errors: unknown, request: SubgraphRequest): SubgraphError[] | null {
  const faults: SubgraphError[] = [];
  for (const error of Array.isArray(errors) ? errors : []) {
    const { message, path, extensions } = (isObject(error) ? error : {}) as Record<string, unknown>;
    const formatted = formatError({
      message: String(message),
      extensions: { code: isObject(extensions) && 'code' in extensions ? extensions.code : undefined },
    });
    const fault = {
      message: formatted.message,
      extensions: { code: String(formatted.extensions?.['code']) },
    };
    if (Array.isArray(path)) faults.push({ ...fault, path: path as (string | number)[] });
    else if (fault.extensions.code === 'BAD_USER_INPUT') faults.push(...atMissingPlaces(fault, request));
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

/** An answer without data, with the same error at each place that is missing. */
function failure(code: FaultCode, message: string, request: SubgraphRequest): SubgraphAnswer {
  return { data: null, errors: atMissingPlaces({ message, extensions: { code } }, request) };
}

function atMissingPlaces(error: SubgraphError, { places }: SubgraphRequest): SubgraphError[] {
  const missing = places();
  return missing.length === 0 ? [error] : missing.map((path) => ({ ...error, path }));
}
