import type { GraphQLDataSource } from '@apollo/gateway';
import { GraphQLDataSourceRequestKind } from '@apollo/gateway/dist/datasources/types.js';
import { anonymous, noClient } from '@caregraph/service-kit';
import { OperationTypeNode, parse } from 'graphql';
import type { GatewayContext } from '../context.js';
import { placesOf } from './places.js';
import { callOf } from './subgraph-call.js';
import type { Subgraph } from './subgraph-request.js';

type ProcessOptions = Parameters<GraphQLDataSource<GatewayContext>['process']>[0];

/** A subgraph as Apollo's gateway asks it. */
export function createSubgraphDataSource(subgraph: Subgraph): GraphQLDataSource<GatewayContext> {
  return {
    async process(options) {
      const { query = '', operationName, variables } = options.request;
      const body = JSON.stringify({ query, operationName, variables });
      const { data, errors } = await subgraph.send(
        { body, places: () => placesOf(parse(query)) },
        callFor(options),
      );
      return {
        ...(data !== null && { data }),
        ...(errors.length > 0 && {
          errors: errors.map(({ path, ...error }) => ({
            ...error,
            ...(path !== undefined && { path: [...path] }),
          })),
        }),
      };
    },
  };
}

function callFor(options: ProcessOptions) {
  if (options.kind !== GraphQLDataSourceRequestKind.INCOMING_OPERATION) {
    const call = { viewer: anonymous, client: noClient, requestId: 'gateway' };
    return { call, isShareable: false, abandoned: undefined, deadline: new AbortController().signal };
  }
  const isQuery = options.incomingRequestContext.operation.operation === OperationTypeNode.QUERY;
  return callOf(options.context, isQuery);
}
