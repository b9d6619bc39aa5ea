import { parse, Kind, type OperationDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { countSignIns } from './rate-limits-sign-in.js';

function count(text: string): number {
  const document = parse(text);
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  if (operation === undefined) throw new Error('There is no operation.');
  return countSignIns(document, operation);
}

const select = '(input: $i) { userErrors { code } }';

describe('the logins of an operation', () => {
  it.each([
    ['none, of another mutation', `mutation { logout${select} }`, 0],
    ['none, of a query', '{ login: me { id } }', 0],
    ['one', `mutation { login${select} }`, 1],
    ['one, under another name', `mutation { logout: login${select} }`, 1],
    ['one for each alias', `mutation { a: login${select} b: login${select} refreshSession${select} }`, 3],
    [
      'what @skip might leave out',
      `mutation ($no: Boolean!) { a: login${select} b: login(input: $i) @skip(if: $no) { userErrors { code } } }`,
      2,
    ],
    [
      'what an inline fragment holds',
      `mutation { ... on Mutation { login${select} } ... { b: login${select} } }`,
      2,
    ],
    [
      'what fragments hold, once',
      `mutation { ...A ...B } fragment A on Mutation { login${select} ...B } fragment B on Mutation { b: login${select} }`,
      2,
    ],
    ['what is asked for twice, once', `mutation { login${select} login${select} }`, 1],
  ])('are %s', (_, text, calls) => {
    expect(count(text)).toBe(calls);
  });

  it('are counted in linear time however often fragments spread each other', () => {
    const fragments = Array.from(
      { length: 60 },
      (_, at) => `fragment F${at} on Mutation { ...F${at + 1} ...F${at + 1} }`,
    );
    const text = `mutation { ...F0 } ${fragments.join(' ')} fragment F60 on Mutation { login${select} }`;
    expect(count(text)).toBe(1);
  });
});
