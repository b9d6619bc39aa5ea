import { buildSchema, parse } from 'graphql';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { needsLogin } from './anonymous-operations.js';

const schema = buildSchema(readFileSync(new URL('../../api.graphql', import.meta.url), 'utf8'));

function ask(text: string, operationName?: string): boolean {
  return needsLogin(parse(text), operationName, schema);
}

describe('an operation', () => {
  it.each([
    ['asks for records', '{ me { id } }'],
    ['asks for records under another name', '{ __typename login: patients { totalCount } }'],
    ['changes records', 'mutation { createPatient(input: {}) { userErrors { code } } }'],
    [
      'asks for them in a fragment',
      '{ ...A } fragment A on Query { ... { ...B } } fragment B on Query { users { totalCount } }',
    ],
    ['asks for them in fragments that go in a circle', '{ ...A } fragment A on Query { ...A me { id } }'],
    ['might leave them out', 'query ($no: Boolean!) { me @skip(if: $no) { id } }'],
    ['is not valid besides', '{ me { nothing(of: "this") } nothing }'],
    [
      'logs in, and more',
      'mutation { login(input: {}) { session { expiresAt } } setCareTeam { userErrors { code } } }',
    ],
  ])('that %s needs a login', (_, text) => {
    expect(ask(text)).toBe(true);
  });

  it.each([
    ['logs in', 'mutation { login(input: {}) { session { user { appointments { totalCount } } } } }'],
    ['renews a session', 'mutation { refreshSession(input: {}) { session { expiresAt } } }'],
    ['asks what there is', '{ __typename __schema { queryType { name } } __type(name: "User") { name } }'],
    ['asks for what there is not', '{ nothing toString __proto__ constructor _service }'],
    ['has no root type', 'subscription { me { id } }'],
    ['spreads nothing', '{ ...Nothing }'],
  ])('that %s does not', (_, text) => {
    expect(ask(text)).toBe(false);
  });

  it('is the one that is named; one that is not said goes on to be told so', () => {
    const text = 'query Open { __typename } query Closed { me { id } }';
    expect([ask(text, 'Open'), ask(text, 'Closed'), ask(text, 'Other'), ask(text)]).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });
});
