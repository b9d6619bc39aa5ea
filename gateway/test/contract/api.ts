import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isObjectType,
  type GraphQLEnumValue,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import { readFileSync } from 'node:fs';
import { apiFile } from '../../src/supergraph/contracts.js';

/** The committed API schema, as SDL and as a schema. */
export const apiSdl = readFileSync(apiFile, 'utf8');
export const api: GraphQLSchema = buildSchema(apiSdl);

/** The types that the API itself defines, without those of GraphQL. */
export function definedTypes(): GraphQLNamedType[] {
  return Object.values(api.getTypeMap()).filter(
    ({ name }) => !name.startsWith('__') && !['String', 'Int', 'Float', 'Boolean', 'ID'].includes(name),
  );
}

/** The fields of an object type or an input; of any other type, none. */
export function fieldsOf(
  type: GraphQLNamedType | undefined,
): (GraphQLField<unknown, unknown> | GraphQLInputField)[] {
  if (isObjectType(type)) return Object.values<GraphQLField<unknown, unknown>>(type.getFields());
  return isInputObjectType(type) ? Object.values(type.getFields()) : [];
}

/** The values of an enumeration; of any other type, none. */
export function valuesOf(type: GraphQLNamedType | undefined): readonly GraphQLEnumValue[] {
  return isEnumType(type) ? type.getValues() : [];
}
