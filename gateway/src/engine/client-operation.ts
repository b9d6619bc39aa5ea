import {
  getVariableValues,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { JsonObject } from './json.js';

/** An operation that a client sent, valid by the API's schema, with the fragments that it has at hand. */
export interface ClientOperation {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** The variables by which `@skip` and `@include` decide, in the order of their names. */
  readonly conditions: readonly string[];
}

/** Reads a document, of which `operation` is the one to carry out. */
export function readOperation(document: DocumentNode, operation: OperationDefinitionNode): ClientOperation {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const conditions = new Set<string>();
  const visited = new Set<string>();
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      for (const { name, arguments: values } of selection.directives ?? []) {
        const value = values?.[0]?.value;
        const decides = name.value === 'skip' || name.value === 'include';
        if (decides && value?.kind === Kind.VARIABLE) conditions.add(value.name.value);
      }
      if (selection.kind !== Kind.FRAGMENT_SPREAD) {
        if (selection.selectionSet !== undefined) visit(selection.selectionSet);
        continue;
      }
      const fragment = fragments.get(selection.name.value);
      if (fragment === undefined || visited.has(fragment.name.value)) continue;
      visited.add(fragment.name.value);
      visit(fragment.selectionSet);
    }
  };
  visit(operation.selectionSet);
  return { operation, fragments, conditions: [...conditions].toSorted() };
}

/** The variables of a request, or what is wrong with them. */
export type CoercedVariables =
  | { readonly variables: JsonObject; readonly errors?: undefined }
  | { readonly errors: readonly GraphQLError[] };

/** Checks the variables of a request by the API's schema, and puts in the defaults. */
export function coerceVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): CoercedVariables {
  const { coerced, errors } = getVariableValues(schema, variableDefinitions, given);
  return errors === undefined ? { variables: coerced } : { errors };
}
