import { expect, it } from 'vitest';
import { readSettings } from './settings.js';

const database = 'postgresql://me:secret@db:5432/one';

it('needs no setting at all', () => {
  expect(readSettings({}, '/clone')).toEqual({
    production: false,
    host: '127.0.0.1',
    postgresPort: 54320,
    gatewayPort: 4000,
    servicePorts: { users: 4001, patients: 4002, appointments: 4003 },
    dataDirectory: '/clone/.data',
    databases: undefined,
    tlsFiles: {},
    contextSecret: undefined,
    accessTokenKeysFile: undefined,
    explorable: true,
  });
});

it('uses databases of somebody else when all three are given, and migrates as their owners where named', () => {
  const settings = readSettings(
    {
      USERS_DATABASE_URL: database,
      PATIENTS_DATABASE_URL: `${database}?schema=patients`,
      APPOINTMENTS_DATABASE_URL: database,
      USERS_MIGRATION_URL: 'postgresql://owner@db/one',
    },
    '/clone',
  );
  expect(settings.databases).toEqual({
    users: { databaseUrl: database, migrationUrl: 'postgresql://owner@db/one' },
    patients: { databaseUrl: `${database}?schema=patients`, migrationUrl: `${database}?schema=patients` },
    appointments: { databaseUrl: database, migrationUrl: database },
  });
});

it('names every problem at once and repeats no value', () => {
  const given = {
    PORT: 'seventy',
    USERS_DATABASE_URL: 'mysql://root:secret@db/one',
    SERVICE_CONTEXT_SECRET: 'too-short-secret',
  };
  expect(() => readSettings(given, '/clone')).toThrow(
    /^These settings need attention:\n {2}- PORT: .*\n {2}- SERVICE_CONTEXT_SECRET: .*\n {2}- USERS_DATABASE_URL: .*\n {2}- PATIENTS_DATABASE_URL: is required\n {2}- APPOINTMENTS_DATABASE_URL: is required$/,
  );
  expect(() => readSettings(given, '/clone')).not.toThrow(/seventy|secret@|too-short/);
});

it('refuses some of the databases without the others, and owners without databases', () => {
  expect(() => readSettings({ USERS_DATABASE_URL: database }, '/clone')).toThrow(
    /PATIENTS_DATABASE_URL: is required[^]*APPOINTMENTS_DATABASE_URL: is required/,
  );
  expect(() => readSettings({ USERS_MIGRATION_URL: database }, '/clone')).toThrow(
    /USERS_DATABASE_URL: is required/,
  );
});

it('refuses one port for two listeners', () => {
  expect(() => readSettings({ USERS_PORT: '4002' }, '/clone')).toThrow(
    'PATIENTS_PORT: is the same port as USERS_PORT',
  );
});

it('finds certificates where the command was typed', () => {
  const settings = readSettings(
    { INIT_CWD: '/home/me', TLS_CERT_FILE: 'tls.crt', TLS_KEY_FILE: '/etc/tls.key' },
    '/clone',
  );
  expect(settings.tlsFiles).toEqual({ TLS_CERT_FILE: '/home/me/tls.crt', TLS_KEY_FILE: '/etc/tls.key' });
});

it('says in production what to set for the embedded databases and plain connections, when they are made', () => {
  const production = { NODE_ENV: 'production' };
  const all = ['database', 'services', 'clients'] as const;
  expect(() => readSettings(production, '/clone', all)).toThrow(
    /TLS_CERT_FILE: is required, with TLS_KEY_FILE, .*ALLOW_PLAIN_CONNECTIONS=services,clients .*\n.*"database".*\(ALLOW_PLAIN_CONNECTIONS=database,services,clients\)/,
  );
  expect(() => readSettings(production, '/clone', ['database'])).toThrow(
    /^These settings need attention:\n {2}- ALLOW_PLAIN_CONNECTIONS: has to name "database".*$/,
  );
  expect(readSettings(production, '/clone').production).toBe(true);
  const allowed = { ...production, ALLOW_PLAIN_CONNECTIONS: 'database,services,clients' };
  expect(readSettings(allowed, '/clone', all).production).toBe(true);
});

it('refuses in production what the owners of the databases connect by without TLS', () => {
  const verified = 'postgresql://me:Zm9yIHRoZSB1bml0@db/one?sslmode=verify-full';
  const given = {
    NODE_ENV: 'production',
    USERS_DATABASE_URL: verified,
    PATIENTS_DATABASE_URL: verified,
    APPOINTMENTS_DATABASE_URL: verified,
    USERS_MIGRATION_URL: 'postgresql://owner@db/one',
  };
  expect(() => readSettings(given, '/clone', ['database'])).toThrow(
    /^These settings need attention:\n {2}- USERS_MIGRATION_URL: must have sslmode=verify-full.*$/,
  );
});
