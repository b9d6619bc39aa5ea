import { isAbstractType, isInterfaceType, isObjectType, type GraphQLSchema } from 'graphql';
import type { JsonObject } from './json.js';

/** Which types a type condition lets through, by the names that objects say of themselves. */
export interface PossibleTypes {
  /** Whether an object that names itself `typename` fulfils the condition. */
  matches(condition: string, typename: string): boolean;
  /** Whether an object is of one of these types. One that does not say what it is was asked for as that, and is it. */
  includes(names: readonly string[], object: JsonObject): boolean;
}

/** The types of a supergraph, those included that its API does not show. */
export function createPossibleTypes(supergraph: GraphQLSchema): PossibleTypes {
  function matches(condition: string, typename: string): boolean {
    if (condition === typename) return true;
    const abstract = supergraph.getType(condition);
    const type = supergraph.getType(typename);
    return (
      isAbstractType(abstract) &&
      (isObjectType(type) || isInterfaceType(type)) &&
      supergraph.isSubType(abstract, type)
    );
  }

  return {
    matches,
    includes: (names, { __typename: typename }) =>
      typeof typename !== 'string' || names.some((name) => matches(name, typename)),
  };
}
