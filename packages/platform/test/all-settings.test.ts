import { SettingsError } from '@caregraph/service-kit/settings';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readAllSettings } from '../src/all-settings.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The settings that are complained of. */
async function complaints(environment: Record<string, string>): Promise<(string | undefined)[]> {
  const error: unknown = await readAllSettings(environment, root).then(
    () => new SettingsError([]),
    (reason: unknown) => reason,
  );
  if (!(error instanceof SettingsError)) throw error;
  return error.problems.map((problem) => /^(\w+): /.exec(problem)?.[1]);
}

it('needs no setting at all', async () => {
  expect(await readAllSettings({}, root)).toMatchObject({ gatewayPort: 4000 });
});

it('tells at once what is wrong for the runner and for each of its processes', async () => {
  const environment = {
    ...{ PORT: 'seventy', LOG_LEVEL: 'loud', SESSION_SECONDS: '1' },
    ...{ SERVICE_TIMEOUT_MS: '0', CLINIC_TIME_ZONE: 'Mars/Base', MAX_DEPTH: 'deep', REDIS_URL: 'redis' },
  };
  expect((await complaints(environment)).sort()).toEqual(Object.keys(environment).sort());
});

it('refuses in production what a process refuses, with the exceptions that are made', async () => {
  const production = {
    NODE_ENV: 'production',
    ALLOW_PLAIN_CONNECTIONS: 'database,clients,services',
    REDIS_URL: 'redis://redis',
  };
  expect(await complaints(production)).toEqual([]);
  expect(await complaints({ ...production, PASSWORD_HASH_COST: '9' })).toEqual(['PASSWORD_HASH_COST']);
  const files = { TLS_CERT_FILE: '/tls.crt', TLS_KEY_FILE: '/tls.key' };
  expect(await complaints({ ...production, ...files, ALLOW_PLAIN_CONNECTIONS: 'database' })).toEqual([
    'REDIS_URL',
  ]);
});
