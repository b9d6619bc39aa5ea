import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { deploymentProblems } from './deployment-checks.js';
import { isMadeUp } from './made-up-secret.js';
import { commonSettings, contextSecretSettings, databaseUrlSetting, parseSettings } from './settings.js';

const schema = z.object({
  ...commonSettings,
  ...contextSecretSettings,
  USERS_DATABASE_URL: databaseUrlSetting,
  USERS_URL: z.url().optional(),
  REDIS_URL: z.url().optional(),
});
const random = 'Zm9yIHRoZSB1bml0IHRlc3RzIG9mIHRoZSBjaGVja3M';
const sound = {
  NODE_ENV: 'production',
  SERVICE_CONTEXT_SECRET: random,
  USERS_DATABASE_URL: `postgresql://users_service:${random}@db/users?sslmode=verify-full`,
  USERS_URL: 'https://users:4001/graphql',
  TLS_CERT_FILE: '/certificates/tls.crt',
  TLS_KEY_FILE: '/certificates/tls.key',
};

/** The settings that are complained of, in the order of their names. */
function complaints(changes: Readonly<Record<string, string | undefined>>): string[] {
  try {
    parseSettings(schema, { ...sound, ...changes }, (given) =>
      deploymentProblems(given, { serves: ['services'], calls: ['USERS_URL'] }),
    );
    return [];
  } catch (error) {
    return [...String(error).matchAll(/^ {2}- (\w+): /gm)].map(([, name]) => name ?? '').sort();
  }
}

const plain = {
  USERS_DATABASE_URL: `postgresql://users_service:${random}@127.0.0.1/users`,
  USERS_URL: 'http://127.0.0.1:4001/graphql',
  TLS_CERT_FILE: undefined,
  TLS_KEY_FILE: undefined,
};

describe('in production', () => {
  it('settings that encrypt, and secrets that are random, are fine', () => {
    expect(complaints({})).toEqual([]);
  });

  it('every connection without TLS is a problem, on this machine too', () => {
    expect(complaints(plain)).toEqual(['TLS_CERT_FILE', 'USERS_DATABASE_URL', 'USERS_URL']);
    expect(complaints({ USERS_URL: undefined })).toEqual(['USERS_URL']);
  });

  it('a database has to be verified, not only encrypted', () => {
    const url = `postgresql://users_service:${random}@db/users`;
    expect(complaints({ USERS_DATABASE_URL: `${url}?sslmode=require` })).toEqual(['USERS_DATABASE_URL']);
    expect(complaints({ USERS_DATABASE_URL: `${url}?sslmode=verify-ca&sslrootcert=/ca` })).toEqual([]);
  });

  it('nothing may turn off what certificates are checked for', () => {
    expect(complaints({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toEqual(['NODE_TLS_REJECT_UNAUTHORIZED']);
    expect(complaints({ NODE_TLS_REJECT_UNAUTHORIZED: '1' })).toEqual([]);
    const url = `postgresql://users_service:${random}@db/users?sslmode=verify-full`;
    for (const parameter of ['ssl=0', 'ssl=false', 'sslnegotiation=direct', 'uselibpqcompat=true']) {
      expect(complaints({ USERS_DATABASE_URL: `${url}&${parameter}` })).toEqual(['USERS_DATABASE_URL']);
    }
  });

  it('a setting says which connections may go without TLS', () => {
    expect(complaints({ ...plain, ALLOW_PLAIN_CONNECTIONS: 'database, services' })).toEqual([]);
    expect(complaints({ ...plain, ALLOW_PLAIN_CONNECTIONS: 'services' })).toEqual(['USERS_DATABASE_URL']);
    expect(complaints({ ALLOW_PLAIN_CONNECTIONS: 'everything' })).toEqual(['ALLOW_PLAIN_CONNECTIONS']);
  });

  it.each(['caregraph', 'users_service', 'x', 'hunter2-change-me', 'password1234567'])(
    'a database does not have the password %s',
    (password) => {
      const url = `postgresql://users_service:${password}@db/users?sslmode=verify-full`;
      expect(complaints({ USERS_DATABASE_URL: url })).toEqual(['USERS_DATABASE_URL']);
    },
  );

  it('a Redis has no such password either', () => {
    const redis = (password: string) => complaints({ REDIS_URL: `rediss://default:${password}@redis:6379` });
    expect(redis(random)).toEqual([]);
    expect(redis('default')).toEqual(['REDIS_URL']);
    expect(redis('changeme')).toEqual(['REDIS_URL']);
    expect(complaints({ REDIS_URL: 'rediss://redis:6379' })).toEqual([]);
  });

  it('a secret is not made up', () => {
    const secret = 'a secret of the tests, known to both sides';
    expect(complaints({ SERVICE_CONTEXT_SECRET: secret })).toEqual(['SERVICE_CONTEXT_SECRET']);
    expect(complaints({ SERVICE_CONTEXT_SECRET_PREVIOUS: 'x'.repeat(40) })).toEqual([
      'SERVICE_CONTEXT_SECRET_PREVIOUS',
    ]);
  });

  it('all problems are told at once, whether of one setting or of several', () => {
    expect(complaints({ ...plain, METRICS_PORT: 'many', SERVICE_CONTEXT_SECRET: 'short' })).toEqual([
      'METRICS_PORT',
      'SERVICE_CONTEXT_SECRET',
      'TLS_CERT_FILE',
      'USERS_DATABASE_URL',
      'USERS_URL',
    ]);
  });
});

describe('everywhere', () => {
  it('plain connections are fine, and half a certificate is not', () => {
    const development = { ...plain, NODE_ENV: undefined };
    expect(complaints(development)).toEqual([]);
    expect(complaints({ ...development, TLS_CERT_FILE: '/tls.crt' })).toEqual(['TLS_KEY_FILE']);
    expect(complaints({ ...development, TLS_KEY_FILE: '/tls.key' })).toEqual(['TLS_CERT_FILE']);
    expect(complaints({ ...development, TLS_CLIENT_CA_FILE: '/ca.crt' })).toEqual(['TLS_CERT_FILE']);
  });
});

describe('a secret', () => {
  it.each([
    'changeme',
    'Change-Me-Now',
    'aaaaaaaaaaaaaaaaaaaa',
    '0123456789abcdef0123456789abcdef',
    'postgres',
    'abababab',
  ])('like %s is made up', (secret) => {
    expect(isMadeUp(secret)).toBe(true);
  });

  it.each([
    '9f86d081884c7d659a2feaa0c55ad015',
    '3c9909afec25354d551dae21590bb26e38d53f2173b8d3dc3eee4c047e7ab1c1',
    'Zk3b_9-QwLrT7x',
  ])('like %s may be random', (secret) => {
    expect(isMadeUp(secret)).toBe(false);
  });
});
