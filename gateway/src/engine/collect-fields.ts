import {
  isAbstractType,
  isUnionType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { placeholder } from './fold-conditions.js';

/** The fields of one response name. */
export interface CollectedField {
  readonly responseName: string;
  /** All of them ask for the same field with the same arguments. */
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
}

/**
 * What is asked of objects of a type, in the order in which it is answered: section "Field Collection" of the GraphQL
 * specification. Of an abstract type, for an object that does not say what it is: what is asked of any of them.
 */
export function collectFields(
  schema: GraphQLSchema,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  type: GraphQLCompositeType,
  selectionSets: readonly SelectionSetNode[],
): CollectedField[] {
  const fields = new Map<string, [FieldNode, ...FieldNode[]]>();
  const visited = new Set<string>();

  function visit({ selections }: SelectionSetNode): void {
    for (const selection of selections) {
      if (selection === placeholder) continue;
      if (selection.kind === Kind.FIELD) {
        const responseName = selection.alias?.value ?? selection.name.value;
        const known = fields.get(responseName);
        if (known === undefined) fields.set(responseName, [selection]);
        else known.push(selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (applies(selection.typeCondition?.name.value)) visit(selection.selectionSet);
      } else if (!visited.has(selection.name.value)) {
        visited.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment !== undefined && applies(fragment.typeCondition.name.value))
          visit(fragment.selectionSet);
      }
    }
  }

  function applies(condition: string | undefined): boolean {
    if (condition === undefined || condition === type.name) return true;
    const conditional = schema.getType(condition);
    return isAbstractType(conditional) && !isUnionType(type) && schema.isSubType(conditional, type);
  }

  for (const selectionSet of selectionSets) visit(selectionSet);
  return [...fields].map(([responseName, nodes]) => ({ responseName, nodes }));
}
