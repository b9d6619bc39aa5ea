import { buildSchema, graphqlSync, parse, validate, type GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { formatWithoutSuggestions } from './suggestions.js';

const schema = buildSchema(`
  enum Colour { RED GREEN }
  input Filter { colour: Colour, size: Int }
  type Query { item(filter: Filter): Item, items: [Item!]! }
  type Item { title: String }
`);

function told({ message }: GraphQLError, code: string): string {
  return formatWithoutSuggestions({ message, extensions: { code } }).message;
}

describe('an error where the schema is not told', () => {
  it.each([
    '{ itm { title } }',
    '{ item { titel } }',
    '{ item(filtre: 1) { title } }',
    '{ item(filter: { colur: RED }) { title } }',
    '{ item(filter: { colour: REED }) { title } }',
    '{ item(filter: { colour: "RED" }) { title } }',
    '{ items { ... on Itme { title } } }',
    '{ item }',
  ])('has no suggestion for %s', (source) => {
    const errors = validate(schema, parse(source));
    expect(errors.map(({ message }) => message).join()).toContain('Did you mean');
    for (const error of errors)
      expect(told(error, 'GRAPHQL_VALIDATION_FAILED')).not.toMatch(/Did you mean|\?/);
  });

  it.each([{ colur: 'RED' }, { colour: 'REED' }, { siz: 1 }])('has none for the variable %j', (filter) => {
    const source = 'query Q($filter: Filter) { item(filter: $filter) { title } }';
    const { errors = [] } = graphqlSync({ schema, source, variableValues: { filter } });
    expect(errors.map(({ message }) => message).join()).toContain('Did you mean');
    for (const error of errors) expect(told(error, 'BAD_USER_INPUT')).not.toMatch(/Did you mean|\?/);
  });
});
