import fc from 'fast-check';
import { buildSchema, getIntrospectionQuery, GraphQLError, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { checkOperation, checkTokens, type OperationLimits } from './operation-limits.js';

const schema = buildSchema(`
  directive @mark repeatable on FIELD
  type Query { me(filter: [Int!]): User, users(first: Int = 20): [User!]! }
  type User { id: ID!, friend: User }
  type Mutation { rename: User, remove: User }
  type Patient { allergies: String }
  extend type User { patient: Patient }
`);
const limits: OperationLimits = {
  MAX_TOKENS: 40,
  MAX_OPERATIONS: 2,
  MAX_FRAGMENTS: 1,
  MAX_DEPTH: 3,
  MAX_FIELDS: 8,
  MAX_ALIASES: 2,
  MAX_DIRECTIVES: 2,
  MAX_ROOT_FIELDS: 3,
  MAX_MUTATIONS: 2,
  MAX_COST: 50,
  MAX_VARIABLE_VALUES: 10,
  MAX_VARIABLE_CHARACTERS: 20,
};

/** No limits at all. */
const everything = Object.fromEntries(
  Object.keys(limits).map((setting) => [setting, Infinity]),
) as Partial<OperationLimits>;

function refusalOf(source: string, given: Partial<OperationLimits> = {}, variables: object = {}) {
  try {
    checkTokens(source, { ...limits, ...given });
    const document = parse(source, { noLocation: true });
    checkOperation({ document, operationName: undefined, variables: { ...variables } }, schema, {
      ...limits,
      ...given,
    });
    return null;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return `${String(error.extensions['code'])}: ${error.message}`;
  }
}

describe('an operation', () => {
  it.each<[keyof OperationLimits, string, string, object?]>([
    ['MAX_TOKENS', `{ me { id ${'id '.repeat(34)}} }`, `{ me { id ${'id '.repeat(35)}} }`],
    [
      'MAX_OPERATIONS',
      'query A { me { id } } query B { me { id } }',
      'query A { a } query B { a } query C { a }',
    ],
    [
      'MAX_FRAGMENTS',
      '{ ...A } fragment A on Query { me { id } }',
      '{ ...A } fragment A on Query { ...B } fragment B on Query { me { id } }',
    ],
    ['MAX_DEPTH', '{ me { friend { id } } }', '{ me { friend { friend { id } } } }'],
    ['MAX_FIELDS', `{ me { ${'id '.repeat(7)} } }`, `{ me { ${'id '.repeat(8)} } }`],
    ['MAX_ALIASES', '{ a: me { b: id } }', '{ a: me { b: id c: id } }'],
    ['MAX_DIRECTIVES', '{ me { id @mark @mark } }', '{ me { id @mark @mark @mark } }'],
    ['MAX_ROOT_FIELDS', '{ ...R } fragment R on Query { a: me b: me me }', '{ me me me me }'],
    [
      'MAX_MUTATIONS',
      'mutation { rename { id } remove { id } }',
      'mutation { ...M } fragment M on Mutation { rename { id } rename { id } remove { id } }',
    ],
    [
      'MAX_COST',
      '{ me { patient { allergies allergies } } }',
      '{ me { patient { allergies allergies allergies } } }',
    ],
    ['MAX_COST', '{ users(first: 49) { id } }', '{ users(first: 50) { id } }'],
    [
      'MAX_VARIABLE_VALUES',
      'query Q($f: [Int!]) { me(filter: $f) { id } }',
      'query Q($f: [Int!]) { me(filter: $f) { id } }',
      { f: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
    ],
    [
      'MAX_VARIABLE_CHARACTERS',
      'query Q($f: [Int!]) { me(filter: $f) { id } }',
      'query Q($f: [Int!]) { me(filter: $f) { id } }',
      { f: 'x'.repeat(20) },
    ],
  ])('keeps to %s, and is told its value', (setting, most, more, variables) => {
    const given = { ...everything, [setting]: limits[setting] };
    expect(refusalOf(most, given)).toBeNull();
    const reason = refusalOf(more, given, variables);
    expect(reason).toMatch(
      /^BAD_USER_INPUT: The (operation|document|variables)? ?ha(s|ve) more than \d+ .* \(MAX_/,
    );
    expect(reason).toContain(`more than ${limits[setting]} `);
    expect(reason).toContain(`(${setting})`);
    expect(refusalOf(more, everything, variables)).toBeNull();
  });

  it('may ask for the whole schema once, and not over and over', () => {
    const query = getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true });
    expect(refusalOf(query, { ...limits, MAX_TOKENS: 2_000, MAX_FRAGMENTS: 3 })).toBeNull();
    const deep = (levels: number): string =>
      levels === 0 ? 'name' : `fields { type { ${deep(levels - 1)} } }`;
    const many = Array.from({ length: 120 }, (_, index) => `t${index}: types { fields { args { name } } }`);
    for (const selection of [`types { ${deep(6)} }`, many.join(' ')]) {
      expect(refusalOf(`{ __schema { ${selection} } }`, everything)).toMatch(
        /^BAD_USER_INPUT: .*schema itself/,
      );
    }
  });

  it('may have no more fragments for giving several one name', () => {
    const twice = '{ ...A } fragment A on Query { me { id } } fragment A on Query { me { id } }';
    expect(refusalOf(twice)).toMatch(/^BAD_USER_INPUT: .*MAX_FRAGMENTS/);
  });

  it('that goes in a circle is told so as validation would tell it', () => {
    expect(refusalOf('{ ...A } fragment A on Query { ...A }')).toBe(
      'GRAPHQL_VALIDATION_FAILED: Cannot spread fragment "A" within itself.',
    );
  });

  it('that is nested without end is refused also where nothing is limited', () => {
    const fragments = Array.from(
      { length: 20_000 },
      (_, index) => `fragment F${index} on User { ...F${index + 1} }`,
    );
    expect(refusalOf(`{ me { ...F0 } } ${fragments.join(' ')}`, everything)).toBe(
      'BAD_USER_INPUT: The operation is nested too deeply.',
    );
  });

  it('may have variables that are nested as deeply as their text is long', () => {
    const nested: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(refusalOf('{ me { id } }', {}, { nested })).toContain('MAX_VARIABLE_VALUES');
    expect(refusalOf('{ me { id } }', everything, { nested })).toBeNull();
  });

  it('of any text, and with any variables, is let through or refused with an error for clients', () => {
    const words = [
      '{',
      '}',
      '(',
      ')',
      ':',
      '$v',
      '...',
      '@mark',
      'on',
      'User',
      'Query',
      'query',
      'fragment',
      'A',
    ];
    const fields = [
      'me',
      'users',
      'id',
      'friend',
      '__schema',
      'types',
      '__proto__',
      'first: 9',
      '"\\u0000"',
      '1e9',
    ];
    const source = fc.array(fc.oneof(fc.constantFrom(...words, ...fields), fc.string()), { maxLength: 60 });
    fc.assert(
      fc.property(source, fc.object(), (tokens, variables) => {
        const text = tokens.join(' ');
        checkQuietly(() => {
          checkTokens(text, limits);
        });
        let document;
        try {
          document = parse(text);
        } catch {
          return;
        }
        const request = { document, operationName: undefined, variables };
        checkQuietly(() => {
          checkOperation(request, schema, limits);
        });
      }),
    );
  });
});

/** Fails for whatever is no error that a client may see. */
function checkQuietly(check: () => void): void {
  try {
    check();
  } catch (error) {
    expect(error).toBeInstanceOf(GraphQLError);
    expect((error as GraphQLError).extensions['code']).toMatch(
      /^(BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED)$/,
    );
  }
}
