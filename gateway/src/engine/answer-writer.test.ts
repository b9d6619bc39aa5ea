import { buildSchema, Kind, parse, type OperationDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { compileAnswerWriter } from './answer-writer.js';

const schema = buildSchema(`
  type Query { ward: Ward wards: [Ward!] strict: Ward! found: [Found] media: Media any: Json ids: [[ID!]!] }
  type Ward { name: String! beds: Int kind: Kind head: Person temperature: Float open: Boolean }
  type Person { name: String! }
  union Found = Ward | Person
  interface Media { title: String }
  type Film implements Media { title: String minutes: Int }
  enum Kind { SURGERY }
  scalar Json
`);

function write(query: string, data: Record<string, unknown>) {
  const document = parse(query);
  const [operation] = document.definitions as [OperationDefinitionNode];
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
  const { text, flaws } = compileAnswerWriter(schema, { operation, fragments })(data);
  return { text, flaws: flaws.map(({ path }) => path.join('.')) };
}

describe('a written answer', () => {
  it('has what was asked for, in the order in which it was asked for, and nothing else', () => {
    const data = { ward: { beds: 2, secret: 'x', name: 'A\n"', head: { name: 'H' }, any: 1 } };
    expect(
      write('{ ward { head { name } ...F title: name } } fragment F on Ward { beds name }', {
        ward: { ...data.ward, title: 'T' },
      }),
    ).toEqual({
      text: '{"ward":{"head":{"name":"H"},"beds":2,"name":"A\\n\\"","title":"T"}}',
      flaws: [],
    });
  });

  it('has null where the data has, or has nothing, and null may be', () => {
    expect(write('{ ward { beds head { name } } wards { beds } }', { ward: { head: null } })).toEqual({
      text: '{"ward":{"beds":null,"head":null},"wards":null}',
      flaws: [],
    });
  });

  it('has null as far up as the schema wants it, and says where it comes from', () => {
    expect(write('{ ward { head { name } beds } }', { ward: { head: {}, beds: 1 } })).toEqual({
      text: '{"ward":{"head":null,"beds":1}}',
      flaws: ['ward.head.name'],
    });
    expect(write('{ wards { name } }', { wards: [{ name: 'A' }, {}] })).toEqual({
      text: '{"wards":null}',
      flaws: ['wards.1.name'],
    });
    expect(write('{ strict { name } }', {})).toEqual({ text: 'null', flaws: ['strict'] });
    expect(write('{ ids }', { ids: [['a', 1], [null]] })).toEqual({
      text: '{"ids":null}',
      flaws: ['ids.1.0'],
    });
  });

  it.each([
    ['beds', 'two'],
    ['beds', 2 ** 31],
    ['beds', 1.5],
    ['kind', 'HIDDEN'],
    ['temperature', '36'],
    ['open', 1],
    ['head', []],
    ['head', 'x'],
  ])('has null for a %s that is %j, which it cannot be', (name, value) => {
    const query = `{ ward { ${name} ${name === 'head' ? '{ name }' : ''} } }`;
    expect(write(query, { ward: { [name]: value } })).toEqual({
      text: `{"ward":{"${name}":null}}`,
      flaws: [`ward.${name}`],
    });
  });

  it('has ids as texts, and values of other scalars as they are', () => {
    expect(write('{ ids any }', { ids: [[1, 'b']], any: { a: ['"', 1e21] } })).toEqual({
      text: '{"ids":[["1","b"]],"any":{"a":["\\"",1e+21]}}',
      flaws: [],
    });
  });

  it('has of each object what was asked of its type', () => {
    const query = '{ found { __typename ... on Ward { beds } ... on Person { name } } }';
    const found = [
      { __typename: 'Person', name: 'H' },
      { __typename: 'Ward', beds: 3 },
      { __typename: 'Film' },
    ];
    expect(write(query, { found })).toEqual({
      text: '{"found":[{"__typename":"Person","name":"H"},{"__typename":"Ward","beds":3},null]}',
      flaws: ['found.2'],
    });
    // Nothing says what it is, and nothing needs to.
    expect(write('{ media { title ... on Film { minutes } } }', { media: { title: 'T' } })).toEqual({
      text: '{"media":{"title":"T"}}',
      flaws: [],
    });
  });

  it('reads no property but its own, whatever a field is called', () => {
    const query = '{ constructor: ward { toString: beds __proto__: name } }';
    const ward = JSON.parse('{"__proto__":"P"}') as object;
    expect(write(query, {})).toEqual({ text: '{"constructor":null}', flaws: [] });
    expect(write(query, { constructor: ward })).toEqual({
      text: '{"constructor":{"toString":null,"__proto__":"P"}}',
      flaws: [],
    });
  });
});
