import {
  buildSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  type GraphQLInputType,
  type GraphQLOutputType,
} from 'graphql';
import { readFileSync } from 'node:fs';

const api = buildSchema(readFileSync(new URL('../../../api.graphql', import.meta.url), 'utf8'));

const literals: Readonly<Record<string, string>> = {
  ID: '"1"',
  Int: '30',
  Boolean: 'true',
  String: '"text"',
  DateTime: '"2031-01-01T00:00:00Z"',
  Date: '"2000-01-01"',
  LocalTime: '"09:00"',
};

/** The smallest valid request for each query and each mutation of the API, by the name of the root field. */
export function rootFieldRequests(): [field: string, request: string][] {
  return [api.getQueryType(), api.getMutationType()].flatMap((root) =>
    Object.values(root?.getFields() ?? {}).map((field): [string, string] => {
      const given = field.args
        .filter(isRequiredArgument)
        .map(({ name, type }) => `${name}: ${literalOf(type)}`)
        .join(', ');
      const operation = root === api.getMutationType() ? 'mutation' : 'query';
      const args = given === '' ? '' : `(${given})`;
      return [field.name, `${operation} { ${field.name}${args} ${selectionOf(field.type)} }`];
    }),
  );
}

function literalOf(type: GraphQLInputType): string {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return '[]';
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name ?? '';
  if (!isInputObjectType(nullable)) return literals[nullable.name] ?? 'null';
  const fields = Object.values(nullable.getFields()).filter(isRequiredInputField);
  return `{ ${fields.map((field) => `${field.name}: ${literalOf(field.type)}`).join(', ')} }`;
}

/** The first field of the type that needs no selection of its own, or the way to one. */
function selectionOf(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields());
  const leaf = fields.find((field) => isLeafType(getNamedType(field.type)));
  const [first] = fields;
  if (leaf !== undefined) return `{ ${leaf.name} }`;
  return first === undefined ? '' : `{ ${first.name} ${selectionOf(first.type)} }`;
}
