import {
  Kind,
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { isCondition, type ClientOperation } from './client-operation.js';
import type { JsonObject } from './json.js';

/** An operation without conditions. */
export type FoldedOperation = Omit<ClientOperation, 'conditions'>;

/**
 * Stands for nothing where an object would be asked for no field at all, which no subgraph would accept; whoever writes
 * the answer passes it over.
 */
export const placeholder: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/**
 * The operation as it is for these values of its conditions: what they leave out is gone, and so are `@skip` and
 * `@include`, so that nothing that comes later has to know of them.
 */
export function foldConditions(
  { operation, fragments }: ClientOperation,
  variables: JsonObject,
): FoldedOperation {
  const folded = new Map<string, FragmentDefinitionNode | null>();

  function foldFragment(name: string): FragmentDefinitionNode | null {
    const known = folded.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    if (fragment === undefined) return null;
    const selections = foldSelections(fragment.selectionSet.selections);
    const result = selections.length === 0 ? null : { ...fragment, selectionSet: selectionSetOf(selections) };
    folded.set(name, result);
    return result;
  }

  function foldSelections(selections: readonly SelectionNode[]): SelectionNode[] {
    return selections.flatMap((selection): SelectionNode[] => {
      const directives = selection.directives ?? [];
      if (directives.some((directive) => leavesOut(directive, variables))) return [];
      const others = directives.filter((directive) => !isCondition(directive));
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        return foldFragment(selection.name.value) === null ? [] : [{ ...selection, directives: others }];
      }
      if (selection.selectionSet === undefined) return [{ ...selection, directives: others }];
      const inner = foldSelections(selection.selectionSet.selections);
      if (selection.kind === Kind.FIELD && inner.length === 0) inner.push(placeholder);
      if (inner.length === 0) return [];
      return [{ ...selection, directives: others, selectionSet: selectionSetOf(inner) }];
    });
  }

  const selections = foldSelections(operation.selectionSet.selections);
  const kept = [...folded].flatMap(([name, fragment]) =>
    fragment === null ? [] : [[name, fragment] as const],
  );
  return {
    operation: { ...operation, selectionSet: selectionSetOf(selections) },
    fragments: new Map(kept),
  };
}

function selectionSetOf(selections: readonly SelectionNode[]): SelectionSetNode {
  return { kind: Kind.SELECTION_SET, selections };
}

/** Whether a directive leaves out what it stands on. */
function leavesOut(directive: DirectiveNode, variables: JsonObject): boolean {
  if (!isCondition(directive)) return false;
  const value = directive.arguments?.[0]?.value;
  const condition =
    value?.kind === Kind.VARIABLE
      ? variables[value.name.value] === true
      : value?.kind === Kind.BOOLEAN && value.value;
  return condition === (directive.name.value === 'skip');
}
