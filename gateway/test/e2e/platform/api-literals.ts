import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
} from 'graphql';

const literals: Readonly<Record<string, string>> = {
  // No record has this id, so what is tried with it changes nothing that another test stands on.
  ID: '"2147483647"',
  Int: '30',
  Boolean: 'true',
  String: '"text"',
  DateTime: '"2031-01-01T00:00:00Z"',
  Date: '"2000-01-01"',
  LocalTime: '"09:00"',
};

/** The smallest value of a type, as it is written in a document: an input has its required fields, a list nothing. */
export function smallestLiteral(type: GraphQLInputType): string {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return '[]';
  if (!isInputObjectType(nullable)) return leafLiteral(nullable);
  const fields = Object.values(nullable.getFields()).filter(isRequiredInputField);
  return `{ ${fields.map((field) => `${field.name}: ${smallestLiteral(field.type)}`).join(', ')} }`;
}

/** A value of a type with every field of every input, and one item in each list. */
export function fullLiteral(type: GraphQLInputType): string {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return `[${fullLiteral(nullable.ofType)}]`;
  if (!isInputObjectType(nullable)) return leafLiteral(nullable);
  const fields = Object.values(nullable.getFields());
  return `{ ${fields.map((field) => `${field.name}: ${fullLiteral(field.type)}`).join(', ')} }`;
}

function leafLiteral(type: GraphQLInputType): string {
  return isEnumType(type) ? (type.getValues()[0]?.name ?? '') : (literals[String(type)] ?? 'null');
}

/** Selects the first field of the type that needs no selection of its own, or the way to one. */
export function smallestSelection(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields());
  const leaf = fields.find((field) => isLeafType(getNamedType(field.type)));
  const [first] = fields;
  if (leaf !== undefined) return `{ ${leaf.name} }`;
  return first === undefined ? '' : `{ ${first.name} ${smallestSelection(first.type)} }`;
}

/** Selects every field of the type; of each, what `inner` selects. */
export function fullSelection(type: GraphQLOutputType, inner = smallestSelection): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields());
  return `{ ${fields.map((field) => `${field.name}${requiredArguments(field)} ${inner(field.type)}`).join(' ')} }`;
}

/** The arguments that a field needs, as they are written in a document. */
export function requiredArguments(field: GraphQLField<unknown, unknown>): string {
  const given = field.args
    .filter(isRequiredArgument)
    .map(({ name, type }) => `${name}: ${smallestLiteral(type)}`)
    .join(', ');
  return given === '' ? '' : `(${given})`;
}
