import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';

/**
 * Answers requests that name no operation of their document, or one that the schema has no root type for, as Apollo
 * Server itself would: as the mistake of the client. Apollo's gateway throws, which would be a fault of ours.
 */
export const operationChoice: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ schema, operation, request: { operationName } }) {
        const problem = findProblem(schema, operation, operationName);
        if (problem === null) return Promise.resolve();
        throw new GraphQLError(problem, {
          extensions: { code: 'OPERATION_RESOLUTION_FAILURE', http: { status: 400 } },
        });
      },
    }),
};

/** Apollo's types say that there always is an operation; there is none where the name fits none. */
function findProblem(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode | undefined,
  name: string | undefined,
): string | null {
  if (operation === undefined) {
    return name === undefined
      ? 'The document has several operations: say by "operationName" which one is meant.'
      : 'The document has no operation of this name.';
  }
  return schema.getRootType(operation.operation) == null
    ? `The schema has no root type for a ${operation.operation}.`
    : null;
}
