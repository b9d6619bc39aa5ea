import { isAbstractType, isObjectType, type GraphQLSchema } from 'graphql';

/** Which types a type condition lets through, by the names that objects say of themselves. */
export interface PossibleTypes {
  /** Whether an object that names itself `typename` fulfils the condition. */
  matches(condition: string, typename: string): boolean;
}

/** The types of a supergraph, those included that its API does not show. */
export function createPossibleTypes(supergraph: GraphQLSchema): PossibleTypes {
  return {
    matches(condition, typename) {
      if (condition === typename) return true;
      const abstract = supergraph.getType(condition);
      const type = supergraph.getType(typename);
      if (!isAbstractType(abstract) || type === undefined) return false;
      return isObjectType(type)
        ? supergraph.isSubType(abstract, type)
        : isAbstractType(type) && 'getFields' in type && supergraph.isSubType(abstract, type);
    },
  };
}
