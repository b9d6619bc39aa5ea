import { expect, it } from 'vitest';
import { gatewayEnvironment, serviceEnvironment, type EnvironmentSources } from './child-environments.js';
import { databaseEnvironment } from './databases.js';
import { readSettings } from './settings.js';

const urls = {
  users: { databaseUrl: 'postgresql://u', migrationUrl: 'postgresql://um' },
  patients: { databaseUrl: 'postgresql://p', migrationUrl: 'postgresql://pm' },
  appointments: { databaseUrl: 'postgresql://a', migrationUrl: 'postgresql://am' },
};
const sources: EnvironmentSources = {
  inherited: {
    ...databaseEnvironment(urls),
    ACCESS_TOKEN_KEYS_FILE: '/keys.json',
    METRICS_PORT: '9464',
    REDIS_URL: 'redis://:secret@redis',
    LOG_LEVEL: 'debug',
  },
  settings: readSettings({ HOST: '0.0.0.0', ACCESS_TOKEN_KEYS_FILE: '/keys.json' }, '/clone'),
  secrets: { contextSecret: 'context' },
  urls,
};

it('gives a service its own database and nobody else’s', () => {
  const environment = serviceEnvironment('patients', sources);
  const values = Object.values(environment);
  expect(environment).toMatchObject({ PATIENTS_DATABASE_URL: 'postgresql://p', LOG_LEVEL: 'debug' });
  expect(values.filter((value) => value?.startsWith('postgresql:'))).toEqual(['postgresql://p']);
});

it('gives the signing keys to the users service alone', () => {
  expect(serviceEnvironment('users', sources)).toMatchObject({ ACCESS_TOKEN_KEYS_FILE: '/keys.json' });
  expect(Object.values(serviceEnvironment('appointments', sources))).not.toContain('/keys.json');
  expect(Object.values(gatewayEnvironment(sources, { watch: false }))).not.toContain('/keys.json');
});

it('gives the master key to the two services that hold clinical text, however it is given', () => {
  for (const [name, key] of [
    ['ENCRYPTION_MASTER_KEY_FILE', '/master-key'],
    ['ENCRYPTION_MASTER_KEY', 'main key'],
  ] as const) {
    const given = { [name]: key };
    const settings = readSettings(given, '/clone');
    const own = { ...sources, settings, inherited: { ...sources.inherited, ...given } };
    for (const service of ['patients', 'appointments'] as const) {
      expect(serviceEnvironment(service, own)).toMatchObject(given);
    }
    expect(Object.values(serviceEnvironment('users', own))).not.toContain(key);
    expect(Object.values(gatewayEnvironment(own, { watch: false }))).not.toContain(key);
  }
  expect(serviceEnvironment('patients', sources)).toMatchObject({
    ENCRYPTION_MASTER_KEY_FILE: '/clone/.data/encryption-master-key',
  });
});

it('gives the password of Redis to those who count there', () => {
  const url = { REDIS_URL: 'redis://:secret@redis' };
  expect(serviceEnvironment('users', sources)).toMatchObject(url);
  expect(gatewayEnvironment(sources, { watch: false })).toMatchObject(url);
  expect(serviceEnvironment('patients', sources)).not.toHaveProperty('REDIS_URL');
  expect(serviceEnvironment('appointments', sources)).not.toHaveProperty('REDIS_URL');
});

it('opens the gateway to the network when told so, and never a service', () => {
  expect(gatewayEnvironment(sources, { watch: false })).toMatchObject({
    HOST: '0.0.0.0',
    METRICS_PORT: '9464',
  });
  const users = serviceEnvironment('users', sources);
  expect(users).toMatchObject({ HOST: '127.0.0.1' });
  expect(users).not.toHaveProperty('METRICS_PORT');
});

it('lets the processes call each other by the name that certificates are for, where they have one', () => {
  const settings = readSettings({ TLS_CERT_FILE: '/tls.crt', TLS_KEY_FILE: '/tls.key' }, '/clone');
  expect(gatewayEnvironment({ ...sources, settings }, { watch: false })).toMatchObject({
    TLS_CERT_FILE: '/tls.crt',
    TLS_KEY_FILE: '/tls.key',
    USERS_URL: 'https://localhost:4001/graphql',
  });
  expect(serviceEnvironment('appointments', { ...sources, settings })).toMatchObject({
    TLS_CERT_FILE: '/tls.crt',
    PATIENTS_URL: 'https://localhost:4002/graphql',
  });
  expect(serviceEnvironment('appointments', sources)).toMatchObject({
    PATIENTS_URL: 'http://127.0.0.1:4002/graphql',
  });
});
