import { Kind, type DocumentNode, type SelectionNode } from 'graphql';

/**
 * Where an answer lacks something when a fetch to a subgraph fails as a whole: each root field, or, for a fetch of
 * entities, the first field of the first entity, which stands for all of them: fifty patients of one page that
 * cannot be had are one failure and not fifty.
 */
export function placesOf(document: DocumentNode): (string | number)[][] {
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  return (operation?.selectionSet.selections ?? []).flatMap((selection) => {
    if (selection.kind !== Kind.FIELD) return [];
    if (selection.name.value !== '_entities') return [[responseName(selection)]];
    const field = firstField(selection.selectionSet?.selections ?? []);
    return [[responseName(selection), 0, ...(field === null ? [] : [field])]];
  });
}

function firstField(selections: readonly SelectionNode[]): string | null {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD && selection.name.value !== '__typename')
      return responseName(selection);
    if (selection.kind === Kind.INLINE_FRAGMENT) return firstField(selection.selectionSet.selections);
  }
  return null;
}

function responseName(field: Extract<SelectionNode, { kind: Kind.FIELD }>): string {
  return field.alias?.value ?? field.name.value;
}
