import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  isEnumType,
  isSpecifiedScalarType,
  type GraphQLLeafType,
} from 'graphql';
import type { WriteValue } from './answer-writer.js';
import type { FlawNotes } from './flaws.js';
import { quote } from './json.js';

/**
 * Writes the values of a scalar or an enum of the API. What they cannot have, among it the values of enums that the API
 * does not show, is null, and a flaw.
 */
export function leafWriter(type: GraphQLLeafType, coordinate: string, notes: FlawNotes): WriteValue {
  const write = isEnumType(type)
    ? enumWriter(new Set(type.getValues().map(({ name }) => name)))
    : isSpecifiedScalarType(type)
      ? writers[type.name]
      : writeAny;
  if (write === undefined) throw new Error(`The scalar ${type.name} is not specified.`);
  return (value) => {
    if (value === null || value === undefined) return null;
    const text = write(value);
    if (text === null) notes.note(`The field ${coordinate} cannot have the value that it was given.`);
    return text;
  };
}

const writers: Readonly<Record<string, WriteValue>> = {
  [GraphQLString.name]: writeString,
  [GraphQLID.name]: (value) => (Number.isInteger(value) ? `"${String(value)}"` : writeString(value)),
  // Of 32 bits.
  [GraphQLInt.name]: (value) => (typeof value === 'number' && value === (value | 0) ? String(value) : null),
  [GraphQLFloat.name]: (value) => (Number.isFinite(value) ? String(value) : null),
  [GraphQLBoolean.name]: (value) => (typeof value === 'boolean' ? String(value) : null),
};

function enumWriter(names: ReadonlySet<unknown>): WriteValue {
  return (value) => (names.has(value) ? `"${String(value)}"` : null);
}

function writeString(value: unknown): string | null {
  return typeof value === 'string' ? quote(value) : null;
}

function writeAny(value: unknown): string {
  return typeof value === 'string' ? quote(value) : JSON.stringify(value);
}
