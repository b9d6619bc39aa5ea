import { buildSubgraphSchema } from '@apollo/subgraph';
import type { GraphQLResolverMap } from '@apollo/subgraph/dist/schema-helper/index.js';
import { parse, type GraphQLSchema } from 'graphql';
import { readFileSync } from 'node:fs';

/**
 * The executable schema of a subgraph: its contract, a file of SDL, with its resolvers. That the resolvers fit the
 * contract is checked by the types that codegen makes of it.
 */
export function createSubgraphSchema(contract: URL, resolvers: object): GraphQLSchema {
  return buildSubgraphSchema({
    typeDefs: parse(readFileSync(contract, 'utf8')),
    resolvers: resolvers as GraphQLResolverMap<unknown>,
  });
}
