import {
  Kind,
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

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
      for (const directive of selection.directives ?? []) {
        const value = directive.arguments?.[0]?.value;
        if (isCondition(directive) && value?.kind === Kind.VARIABLE) conditions.add(value.name.value);
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

/** Whether a directive decides if what it stands on is asked for. */
export function isCondition({ name }: DirectiveNode): boolean {
  return name.value === 'skip' || name.value === 'include';
}

/** The type that the operation's own fields are of, which a valid operation has. */
export function rootTypeOf(schema: GraphQLSchema, { operation }: OperationDefinitionNode): GraphQLObjectType {
  const root = schema.getRootType(operation);
  if (root == null) throw new Error(`The schema has no root type for a ${operation}.`);
  return root;
}
