import fc from 'fast-check';
import { buildSchema, getOperationAST, Kind, parse, type FragmentDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { assumedListSize, measureOperation, type OperationSize } from './operation-size.js';

const schema = buildSchema(`
  type Query { me: User, users(first: Int = 20): UserConnection, named(first: Int): [User!]!, tags: [String!]! }
  type Mutation { login(name: String): User }
  type UserConnection { edges: [UserEdge!]!, totalCount: Int }
  type UserEdge { node: User, cursor: String }
  type User { id: ID!, friend: User, friends(first: Int = 20, last: Int): UserConnection, days: [Day!]! }
  type Day { name: String }
`);

function measure(source: string, variables: Readonly<Record<string, unknown>> = {}): OperationSize {
  const document = parse(source);
  const operation = getOperationAST(document);
  if (operation == null) throw new Error('The document has no operation.');
  const fragments = document.definitions.filter(
    (definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION,
  );
  return measureOperation({
    operation,
    fragments: new Map(fragments.map((fragment) => [fragment.name.value, fragment])),
    variables,
    schema,
  });
}

describe('the size of an operation', () => {
  it('counts what there is, through fragments', () => {
    const source = `
      query Q($yes: Boolean!) { a: me @include(if: $yes) { ...F } me { ... on User { friend { ...F } } } }
      fragment F on User { id b: id @skip(if: $yes) ... @include(if: $yes) { friend { id } } }`;
    expect(measure(source)).toEqual({
      depth: 4,
      fields: 11,
      aliases: 3,
      directives: 5,
      rootFields: 2,
      cost: 11,
      introspectionCost: 0,
    });
  });

  it.each([
    ['a field', '{ me { id } }', 2],
    ['a list of scalars', '{ tags }', 1],
    ['a list of objects that nobody gives the size of', '{ me { days { name } } }', 1 + assumedListSize * 2],
    ['a page, by the default of its argument', '{ users { edges { node { id } } } }', 1 + 20 * 3],
    ['a page of a given size', '{ users(first: 7) { totalCount edges { cursor } } }', 2 + 7 * 2],
    ['a list that takes a size', '{ named(first: 7) { id } }', 1 + 7],
    ['a list that takes a size and is given none', '{ named { id } }', assumedListSize * 2],
    [
      'pages in pages',
      '{ users(first: 5) { edges { node { friends(last: 3) { edges { cursor } } } } } }',
      1 + 5 * (2 + 1 + 20 * 2),
    ],
    [
      'a page through a fragment',
      '{ users(first: 9) { ...C } } fragment C on UserConnection { edges { cursor } }',
      19,
    ],
    ['a page of nothing', '{ users(first: 0) { edges { cursor } } }', 1],
    ['a page of less than nothing', '{ users(first: -5) { edges { cursor } } }', 1],
    ['fields that do not exist', '{ nothing { at { all(first: 50) } } }', 3],
    ['a type condition that does not exist', '{ ... on Nobody { id friends { id } } }', 3],
    ['a fragment that does not exist', '{ me { id ...Nobody } }', 2],
  ])('costs %s', (_, source, cost) => {
    expect(measure(source).cost).toBe(cost);
  });

  it.each([
    ['the variable', '$n: Int', { n: 50 }, 50],
    ["the variable's default", '$n: Int = 30', {}, 30],
    ["the argument's default where the variable is absent", '$n: Int', {}, 20],
    ["the argument's default where the variable is null", '$n: Int = 30', { n: null }, 20],
    ["the argument's default where the variable is no number", '$n: Int', { n: 'many' }, 20],
    [
      "the argument's default where the name is an object's own",
      '$n: Int',
      JSON.parse('{"__proto__": 5}'),
      20,
    ],
  ] as const)('takes the size of a page from %s', (_, definition, variables, size) => {
    const source = `query Q(${definition}) { users(first: $n) { edges { cursor } } }`;
    expect(measure(source, variables as Record<string, unknown>).cost).toBe(1 + 2 * size);
  });

  it('keeps what is asked of the schema itself apart', () => {
    const size = measure('{ me { id } s: __schema { types { name } } t: __type(name: "User") { name } }');
    expect(size).toMatchObject({ depth: 2, fields: 2, cost: 2, aliases: 2, rootFields: 3 });
    expect(size.introspectionCost).toBe(1 + 2 * assumedListSize + 2);
  });

  it('is found where fragments double 2,000 times over', () => {
    const spreads = Array.from(
      { length: 2_000 },
      (_, index) => `fragment F${index} on User { ...F${index + 1} ...F${index + 1} }`,
    );
    const size = measure(`{ me { ...F0 } } ${spreads.join(' ')} fragment F2000 on User { id }`);
    expect(size.fields).toBe(Infinity);
    expect(size.cost).toBe(Infinity);
  });

  it.each([
    ['itself', 'fragment A on User { id ...A }'],
    ['one that spreads it', 'fragment A on User { friend { ...B } } fragment B on User { friend { ...A } }'],
  ])('is refused for a fragment that spreads %s', (_, fragments) => {
    expect(() => measure(`{ me { ...A } } ${fragments}`)).toThrow(
      'Cannot spread fragment "A" within itself.',
    );
  });

  it('is the same whether a selection stands in fragments or not', () => {
    const selection = fc.letrec<{ fields: string }>((tie) => ({
      fields: fc
        .array(
          fc.oneof(
            { depthSize: 'small', withCrossShrink: true },
            fc.constantFrom('id', 'a: id', 'days { name }'),
            tie('fields').map((inner) => `friend { ${inner} }`),
            fc
              .tuple(fc.integer({ min: 0, max: 100 }), tie('fields'))
              .map(([first, inner]) => `friends(first: ${first}) { edges { node { ${inner} } } }`),
          ),
          { minLength: 1, maxLength: 4 },
        )
        .map((fields) => fields.join(' ')),
    })).fields;
    fc.assert(
      fc.property(selection, selection, (one, other) => {
        const plain = measure(`{ me { ${one} ${other} friend { ${one} } } }`);
        const spread = measure(
          `{ me { ...One ... { ${other} } friend { ...One } } } fragment One on User { ${one} }`,
        );
        expect(spread).toEqual(plain);
      }),
    );
  });
});
