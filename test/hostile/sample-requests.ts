import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import type { Json } from './values.js';

const samples: Readonly<Record<string, Json>> = {
  ID: '1',
  Int: 30,
  Boolean: true,
  String: 'text',
  DateTime: '2031-01-01T00:00:00Z',
  Date: '2000-01-01',
  LocalTime: '09:00',
};

/** The smallest value of an input type that its coercion takes. */
export function sampleValue(type: GraphQLInputType): Json {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [sampleValue(nullable.ofType)];
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name ?? '';
  if (!isInputObjectType(nullable)) return samples[nullable.name] ?? null;
  const fields = Object.values(nullable.getFields()).filter(isRequiredInputField);
  return Object.fromEntries(fields.map((field) => [field.name, sampleValue(field.type)]));
}

/** The smallest arguments with which a field can be asked. */
export function sampleArguments({ args }: GraphQLField<unknown, unknown>): Json {
  return Object.fromEntries(
    args.filter(isRequiredArgument).map(({ name, type }) => [name, sampleValue(type)]),
  );
}

/** Everything of a type down to a depth that needs no arguments. */
export function selectionOf(type: GraphQLOutputType, depth = 2): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields()).flatMap(({ name, type: inner, args }) => {
    const isLeaf = !isObjectType(getNamedType(inner));
    if (args.some(isRequiredArgument) || (!isLeaf && depth === 0)) return [];
    return [`${name} ${selectionOf(inner, depth - 1)}`];
  });
  return `{ __typename ${fields.join(' ')} }`;
}

/** An operation that asks for selections on a type: of the root itself, or through the way that leads to an object. */
export function operationOn(
  schema: GraphQLSchema,
  parent: GraphQLObjectType,
  declared: string,
  selections: string,
): string {
  const variables = declared === '' ? '' : `(${declared})`;
  if (parent === schema.getMutationType()) return `mutation ${variables} { ${selections} }`;
  if (parent === schema.getQueryType()) return `query ${variables} { ${selections} }`;
  const queries = schema.getQueryType()?.getFields() ?? {};
  if ('_entities' in queries) {
    const representation = `{ __typename: "${parent.name}", id: "1" }`;
    return `query ${variables} { _entities(representations: [${representation}]) { ... on ${parent.name} { ${selections} } } }`;
  }
  const way = Object.values(queries).find(
    ({ type, args }) => getNamedType(type) === parent && args.length === 1 && args[0]?.name === 'id',
  );
  if (way === undefined) throw new Error(`No query leads to a ${parent.name}.`);
  return `query ${variables} { ${way.name}(id: "1") { ${selections} } }`;
}
