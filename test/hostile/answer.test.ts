import { describe, expect, it } from 'vitest';
import { findAnswerProblems, type HttpAnswer } from './answer.js';

function answerWith(body: unknown, status = 200): HttpAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, contentType: 'application/json; charset=utf-8', text };
}

function refusal(message: string, code = 'BAD_USER_INPUT', more: object = {}): HttpAnswer {
  return answerWith({ errors: [{ message, extensions: { code, ...more } }] });
}

describe('an answer to a hostile request', () => {
  it.each([
    ['data', answerWith({ data: { me: null } })],
    ['a refusal', refusal('"first" must be between 1 and 100.')],
    [
      'a refusal that quotes the request',
      refusal('Cannot query field "DROP TABLE x FROM y" on type "Query".'),
    ],
  ])('may be %s', (_, answer) => {
    expect(findAnswerProblems(answer, '{ DROP TABLE x FROM y }')).toEqual([]);
  });

  it.each([
    ['a server error', answerWith({ data: {} }, 500)],
    ['a page', answerWith('<html>')],
    ['nothing', answerWith({})],
    ['no object', answerWith([])],
    ['a fault of ours', refusal('Something went wrong on our side.', 'INTERNAL_SERVER_ERROR')],
    ['an outage, while all services run', refusal('No answer.', 'DOWNSTREAM_SERVICE_ERROR')],
    ['a code that nobody knows', refusal('No.', 'P2002')],
    ['a stack', refusal('No.', 'BAD_USER_INPUT', { stacktrace: [] })],
    ['SQL', refusal('SELECT id FROM patients failed')],
    ['what the database says', refusal('value violates check "chk_gender"')],
    ['what the library is called', refusal('Invalid `prisma.patient.create()` invocation')],
    ['where a file lies', refusal('Failed at run (file:///srv/app/dist/main.js:1:2)')],
    ['where a service is', refusal('connect ECONNREFUSED 127.0.0.1:4002')],
    ["JavaScript's own words", refusal("Cannot read properties of undefined (reading 'id')")],
  ])('must not be %s', (_, answer) => {
    expect(findAnswerProblems(answer, '{ me { id } }')).not.toEqual([]);
  });
});
