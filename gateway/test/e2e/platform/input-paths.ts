import { getNullableType, isInputObjectType, isListType, type GraphQLInputType } from 'graphql';

/**
 * The paths, as user errors have them, of the input fields that match, within an input in which every field is filled
 * in. Within a field that matches, none is sought.
 */
export function inputPaths(
  type: GraphQLInputType,
  matches: (type: string, field: string) => boolean,
  path: readonly string[] = [],
): string[][] {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return inputPaths(nullable.ofType, matches, [...path, '0']);
  if (!isInputObjectType(nullable)) return [];
  return Object.values(nullable.getFields()).flatMap((field) => {
    const inner = [...path, field.name];
    return matches(nullable.name, field.name) ? [inner] : inputPaths(field.type, matches, inner);
  });
}
