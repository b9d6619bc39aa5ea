import type { ApolloGateway } from '@apollo/gateway';
import type { ApolloServerOptions } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import type { GatewayContext } from '../context.js';
import { callOf } from '../subgraphs/subgraph-call.js';
import type { SubgraphClients } from '../subgraphs/subgraph-clients.js';
import type { Engine } from './engine.js';
import { JsonText } from './json-text.js';

/** What Apollo Server takes for a gateway. */
type Gateway = NonNullable<
  Extract<ApolloServerOptions<GatewayContext>, { readonly gateway?: unknown }>['gateway']
>;

/**
 * Apollo's gateway, which takes up supergraphs, with the engine in its executor's place: one for each supergraph, so
 * that operations that began under a former one end under it.
 */
export function createEngineGateway(
  apollo: ApolloGateway,
  engineFor: (supergraphSdl: string, api: GraphQLSchema) => Engine,
  subgraphs: SubgraphClients,
): Gateway {
  const engines = new WeakMap<GraphQLSchema, Engine>();
  apollo.onSchemaLoadOrUpdate(({ apiSchema, coreSupergraphSdl }) => {
    engines.set(apiSchema, engineFor(coreSupergraphSdl, apiSchema));
  });
  return {
    onSchemaLoadOrUpdate: (callback) => apollo.onSchemaLoadOrUpdate(callback),
    stop: () => apollo.stop(),
    async load(options) {
      await apollo.load(options);
      return {
        async executor({ schema, document, operation, operationName, queryHash, request, context }) {
          const engine = engines.get(schema);
          if (engine === undefined) throw new Error('Every schema that is served has an engine.');
          const { data, errors } = await engine.execute({
            document,
            operation,
            key: `${queryHash} ${operationName ?? ''}`,
            variables: request.variables ?? {},
            send(isQuery) {
              const call = callOf(context as GatewayContext, isQuery);
              return (subgraph, asked) => subgraphs.get(subgraph).send(asked, call);
            },
          });
          return {
            ...(errors.length > 0 && { errors }),
            ...(data !== undefined && { data: data === 'null' ? null : new JsonText(data) }),
          };
        },
      };
    },
  };
}
