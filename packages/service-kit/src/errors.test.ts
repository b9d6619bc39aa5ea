import { describe, expect, it } from 'vitest';
import { formatError, isUnexpected } from './errors.js';

describe('formatError', () => {
  it('lets through what was meant for clients, without anything else in its extensions', () => {
    const error = {
      message: 'No.',
      path: ['me'],
      extensions: { code: 'FORBIDDEN', serviceName: 'users', stack: 'x' },
    };
    expect(formatError(error)).toEqual({ message: 'No.', path: ['me'], extensions: { code: 'FORBIDDEN' } });
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
