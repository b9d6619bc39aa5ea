import { expect, test } from 'vitest';
import { readSettings, SettingsError } from './settings.js';

const environment = {
  USERS_MIGRATION_URL: 'postgresql://users_owner:a@localhost/user_service_db',
  USERS_DATABASE_URL: 'postgres://users%40service:b@localhost/user_service_db?schema=users',
};

test('the runtime role is whom the service connects as', () => {
  expect([...readSettings(environment, ['users'], { runtime: true })]).toEqual([
    ['users', { migrationUrl: environment.USERS_MIGRATION_URL, runtimeRole: 'users@service' }],
  ]);
});

test('only the URLs of the services in question are needed, and the runtime one only where it is asked for', () => {
  const { USERS_MIGRATION_URL } = environment;
  expect(readSettings({ USERS_MIGRATION_URL }, ['users'], { runtime: false }).get('users')).toEqual({
    migrationUrl: USERS_MIGRATION_URL,
    runtimeRole: null,
  });
});

test('all problems are reported together, and no URL is repeated', () => {
  const wrong = { ...environment, PATIENTS_MIGRATION_URL: 'mysql://root:secret@localhost/patients' };
  const read = (): unknown => readSettings(wrong, ['users', 'patients'], { runtime: true });
  expect(read).toThrow(SettingsError);
  expect(read).toThrow(
    [
      'PATIENTS_MIGRATION_URL is not of the form postgresql://user:password@host:port/database.',
      'PATIENTS_DATABASE_URL is not set.',
    ].join('\n'),
  );
});
