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
    ACCESS_TOKEN_PRIVATE_KEY: 'private',
    METRICS_PORT: '9464',
    LOG_LEVEL: 'debug',
  },
  settings: readSettings({ HOST: '0.0.0.0' }, '/clone'),
  secrets: { contextSecret: 'context', accessTokenPrivateKey: 'private' },
  urls,
};

it('gives a service its own database and nobody else’s', () => {
  const environment = serviceEnvironment('patients', sources);
  const values = Object.values(environment);
  expect(environment).toMatchObject({ PATIENTS_DATABASE_URL: 'postgresql://p', LOG_LEVEL: 'debug' });
  expect(values.filter((value) => value?.startsWith('postgresql:'))).toEqual(['postgresql://p']);
  expect(values).not.toContain('private');
});

it('gives the signing key to the users service alone', () => {
  expect(serviceEnvironment('users', sources)).toMatchObject({ ACCESS_TOKEN_PRIVATE_KEY: 'private' });
  expect(Object.values(serviceEnvironment('appointments', sources))).not.toContain('private');
  expect(Object.values(gatewayEnvironment(sources, { watch: false }))).not.toContain('private');
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
