import {
  buildSchema,
  coerceInputValue,
  parse,
  validate,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { defineScalars, platformScalars } from './api-scalars.js';

function schemaWith(known: typeof platformScalars): GraphQLSchema {
  const schema = buildSchema(
    'scalar DateTime scalar Anything type Query { at(time: DateTime, anything: Anything): Int }',
  );
  defineScalars(schema, known);
  return schema;
}

function inputType(schema: GraphQLSchema, name: string): GraphQLInputType {
  return schema.getType(name) as GraphQLInputType;
}

describe('a scalar of the platform', () => {
  const type = inputType(schemaWith(platformScalars), 'DateTime');

  it.each(['2026-02-30T00:00:00Z', '', 1, Infinity, {}, []])('refuses %j', (value) => {
    expect(() => coerceInputValue(value, type)).toThrow(/A DateTime is/);
  });

  it('takes what its services take', () => {
    expect(coerceInputValue('2026-03-02T14:30:00Z', type)).toEqual(new Date('2026-03-02T14:30:00Z'));
  });
});

describe("another supergraph's scalar", () => {
  const schema = schemaWith([]);
  const type = inputType(schema, 'Anything');

  it.each([Infinity, -Infinity, NaN, { deep: [{ down: Infinity }] }])('refuses %j', (value) => {
    expect(() => coerceInputValue(value, type)).toThrow('A number is too large.');
  });

  it('refuses a number in the document that JSON cannot write', () => {
    const [error] = validate(schema, parse('{ at(anything: { deep: [1e400] }) }'));
    expect(error?.message).toContain('A number is too large.');
  });

  it.each(['text', 1.5, null, true, { deep: [{ down: 1 }] }])('takes %j as it is', (value) => {
    expect(coerceInputValue(value, type)).toEqual(value);
  });
});
