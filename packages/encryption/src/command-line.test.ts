import { expect, it } from 'vitest';
import { parseCommandLine, UsageError } from './command-line.js';

it('means both services unless one is named', () => {
  expect(parseCommandLine(['keys:rotate'])).toEqual({
    name: 'keys:rotate',
    services: ['patients', 'appointments'],
    master: false,
  });
  expect(parseCommandLine(['keys:rotate', 'patients', '--master'])).toEqual({
    name: 'keys:rotate',
    services: ['patients'],
    master: true,
  });
});

it.each([
  [['keys:burn']],
  [['keys:rotate', 'users']],
  [['keys:status', '--master']],
  [['keys:rotate', '--now']],
])('refuses %j', (args) => {
  expect(() => parseCommandLine(args)).toThrow(UsageError);
});
