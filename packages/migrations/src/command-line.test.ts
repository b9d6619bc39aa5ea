import { expect, test } from 'vitest';
import { parseCommandLine, UsageError } from './command-line.js';

test('a command is for all services, or for the one that it names', () => {
  expect(parseCommandLine(['db:migrate'])).toEqual({
    name: 'db:migrate',
    services: ['users', 'patients', 'appointments'],
  });
  expect(parseCommandLine(['db:status', 'patients'])).toEqual({ name: 'db:status', services: ['patients'] });
});

test('a rollback takes one service, and one step unless it says how many', () => {
  expect(parseCommandLine(['db:rollback', 'users'])).toEqual({
    name: 'db:rollback',
    services: ['users'],
    steps: 1,
    discardAuditTrail: false,
  });
  expect(parseCommandLine(['db:rollback', 'users', '--steps', '3'])).toMatchObject({ steps: 3 });
  expect(parseCommandLine(['db:rollback', '--steps=2', 'users'])).toMatchObject({ steps: 2 });
});

test('a rollback discards the audit trail only where it is told to', () => {
  expect(parseCommandLine(['db:rollback', 'users', '--discard-audit-trail'])).toMatchObject({
    discardAuditTrail: true,
  });
});

test.each([
  [[], 'There is no command "".'],
  [['db:destroy'], 'There is no command "db:destroy".'],
  [['db:migrate', 'doctors'], 'There is no service "doctors".'],
  [['db:migrate', 'users', 'patients'], 'Too many arguments: patients.'],
  [['db:migrate', '--steps', '2'], 'db:migrate takes no --steps.'],
  [['db:migrate', '--discard-audit-trail'], 'db:migrate takes no --discard-audit-trail.'],
  [['db:rollback'], 'db:rollback needs a service.'],
  [['db:rollback', 'users', '--steps', '0'], '--steps is a number from 1 on.'],
  [['db:rollback', 'users', '--steps', '1.5'], '--steps is a number from 1 on.'],
  [['db:status', '--force'], "Unknown option '--force'"],
])('%j is refused with the reason and the usage', (args, reason) => {
  expect(() => parseCommandLine(args)).toThrow(UsageError);
  expect(() => parseCommandLine(args)).toThrow(reason);
  expect(() => parseCommandLine(args)).toThrow(/Usage:[^]*db:rollback/);
});
