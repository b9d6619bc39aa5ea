import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isScalarType,
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLScalarType,
  type GraphQLSchema,
} from 'graphql';

/** A place within the arguments of a field that takes a scalar or an enum value; a list counts as its first item. */
export interface InputLeaf {
  /** From the argument's name on, for example `['input', 'address', 'city']` or `['input', 'days', 0, 'startTime']`. */
  readonly path: readonly (string | number)[];
  readonly type: GraphQLScalarType | GraphQLEnumType;
}

/** A field with arguments, and the object whose field it is. */
export interface FieldWithArguments {
  readonly parent: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly leaves: readonly InputLeaf[];
}

/** Every field of the schema that takes arguments, introspection and federation's own aside. */
export function fieldsWithArguments(schema: GraphQLSchema): FieldWithArguments[] {
  return Object.values(schema.getTypeMap()).flatMap((parent) => {
    if (!('getInterfaces' in parent) || !('isTypeOf' in parent) || parent.name.startsWith('_')) return [];
    return Object.values(parent.getFields())
      .filter(({ name, args }) => args.length > 0 && !name.startsWith('_'))
      .map((field) => ({
        parent,
        field,
        leaves: field.args.flatMap(({ name, type }) => leavesOf(type, [name])),
      }));
  });
}

/** Whether a leaf takes text: a string, or an opaque id. */
export function takesText({ type }: InputLeaf): boolean {
  return type.name === 'String' || type.name === 'ID';
}

/** Every text field of the inputs of all mutations, for example `createPatient.address.city`. */
export function textFieldsOfMutations(schema: GraphQLSchema): string[] {
  return fieldsWithArguments(schema)
    .filter(({ parent }) => parent === schema.getMutationType())
    .flatMap(({ field, leaves }) =>
      leaves.filter(takesText).map(({ path: [, ...path] }) => [field.name, ...path].join('.')),
    )
    .sort();
}

function leavesOf(type: GraphQLInputType, path: readonly (string | number)[]): InputLeaf[] {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return leavesOf(nullable.ofType, [...path, 0]);
  const named = getNamedType(nullable);
  if (isInputObjectType(named)) {
    return Object.values(named.getFields()).flatMap((field) => leavesOf(field.type, [...path, field.name]));
  }
  return isScalarType(named) || isEnumType(named) ? [{ path, type: named }] : [];
}
