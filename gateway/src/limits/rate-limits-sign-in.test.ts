import { parse, Kind, type OperationDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { loginsOf } from './rate-limits-sign-in.js';
import type { Logins } from './rate-limits.js';

function logins(text: string, variables: Readonly<Record<string, unknown>> = {}): Logins {
  const document = parse(text);
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  if (operation === undefined) throw new Error('There is no operation.');
  return loginsOf(document, operation, variables);
}

const select = '(input: $i) { userErrors { code } }';

describe('the logins of an operation', () => {
  it.each([
    ['none, of another mutation', `mutation { logout${select} }`, 0],
    ['none, of a query', '{ login: me { id } }', 0],
    ['one', `mutation { login${select} }`, 1],
    ['one, under another name', `mutation { logout: login${select} }`, 1],
    ['one for each alias', `mutation { a: login${select} b: login${select} c: login${select} }`, 3],
    ['none, of a refresh, whose token nobody guesses', `mutation { refreshSession${select} }`, 0],
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
    expect(logins(text).calls).toBe(calls);
  });

  it('are counted in linear time however often fragments spread each other', () => {
    const fragments = Array.from(
      { length: 60 },
      (_, at) => `fragment F${at} on Mutation { ...F${at + 1} ...F${at + 1} }`,
    );
    const text = `mutation { ...F0 } ${fragments.join(' ')} fragment F60 on Mutation { login${select} }`;
    expect(logins(text).calls).toBe(1);
  });
});

describe('the device token of a login', () => {
  const call = (input: string): string => `login(input: ${input}) { userErrors { code } }`;

  it.each<[string, string, object, string | null]>([
    ['in the document', `mutation { ${call('{ deviceToken: "known" }')} }`, {}, 'known'],
    [
      'in a variable',
      `mutation ($i: LoginInput!) { ${call('$i')} }`,
      { i: { deviceToken: 'known' } },
      'known',
    ],
    ['a variable', `mutation ($d: String) { ${call('{ deviceToken: $d }')} }`, { d: 'known' }, 'known'],
    ['a default', `mutation ($d: String = "known") { ${call('{ deviceToken: $d }')} }`, {}, 'known'],
    [
      'null over a default',
      `mutation ($d: String = "x") { ${call('{ deviceToken: $d }')} }`,
      { d: null },
      null,
    ],
    ['empty', `mutation { ${call('{ deviceToken: "" }')} }`, {}, null],
    ['missing', `mutation ($i: LoginInput!) { ${call('$i')} }`, { i: {} }, null],
    ['no text', `mutation ($i: LoginInput!) { ${call('$i')} }`, { i: { deviceToken: { $: 1 } } }, null],
    ['in no input', `mutation ($i: LoginInput!) { ${call('$i')} }`, {}, null],
    [
      'one of several',
      `mutation { a: ${call('{ deviceToken: "a" }')} b: ${call('{ deviceToken: "b" }')} }`,
      {},
      null,
    ],
  ])('%s', (_, text, variables, token) => {
    expect(logins(text, { ...variables }).deviceToken).toBe(token);
  });
});
