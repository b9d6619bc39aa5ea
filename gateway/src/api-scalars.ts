import { dateScalar, dateTimeScalar, invalidValue, localTimeScalar } from '@caregraph/service-kit';
import {
  isScalarType,
  isSpecifiedScalarType,
  valueFromASTUntyped,
  type GraphQLScalarType,
  type GraphQLSchema,
} from 'graphql';

/** The scalars of Caregraph's own API, as its services take them. */
export const platformScalars: readonly GraphQLScalarType[] = [dateTimeScalar, dateScalar, localTimeScalar];

/**
 * Lets a composed schema, which knows of its scalars nothing but their names, refuse what no service takes, as a
 * mistake of the client and before anybody is asked. Of scalars other than `known` it refuses numbers that JSON
 * cannot write: read as infinite, they would reach the services as null.
 */
export function defineScalars(schema: GraphQLSchema, known: readonly GraphQLScalarType[]): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isScalarType(type) || isSpecifiedScalarType(type)) continue;
    const { parseValue, parseLiteral } = known.find(({ name }) => name === type.name) ?? anyJson;
    Object.assign(type, { parseValue, parseLiteral });
  }
}

const anyJson: Pick<GraphQLScalarType, 'parseValue' | 'parseLiteral'> = {
  parseValue: requireJson,
  parseLiteral: (node, variables) => requireJson(valueFromASTUntyped(node, variables)),
};

function requireJson(value: unknown): unknown {
  if (isJson(value)) return value;
  throw invalidValue('A number is too large.');
}

function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(isJson);
}
