import { describe, expect, it } from 'vitest';
import { formatError, invalidValue, isUnexpected } from './errors.js';

describe('formatError', () => {
  it('lets through what was meant for clients, without anything else in its extensions', () => {
    const error = {
      message: 'No.',
      path: ['me'],
      extensions: { code: 'FORBIDDEN', serviceName: 'users', stack: 'x' },
    };
    expect(formatError(error)).toEqual({ message: 'No.', path: ['me'], extensions: { code: 'FORBIDDEN' } });
  });

  it('calls a value in the document what it would be called in a variable', () => {
    const extensions = { ...invalidValue('No date.').extensions, code: 'GRAPHQL_VALIDATION_FAILED' };
    expect(formatError({ message: 'No date.', extensions }).extensions).toEqual({ code: 'BAD_USER_INPUT' });
  });

  it.each([{}, { code: 'P2002' }, { code: 'ECONNREFUSED' }, { code: 7 }])(
    'keeps to itself what was not: an error with %j',
    (extensions) => {
      const error = { message: 'relation "users" does not exist', extensions };
      expect(isUnexpected(error)).toBe(true);
      expect(formatError(error)).toEqual({
        message: 'Something went wrong on our side.',
        extensions: { code: 'INTERNAL_SERVER_ERROR' },
      });
    },
  );
});
