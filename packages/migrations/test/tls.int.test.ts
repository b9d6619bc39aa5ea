import { runPrisma } from '@caregraph/prisma-offline';
import { databaseConnectionFailure } from '@caregraph/service-kit/connection-failure';
import { createDatabaseAdapter } from '@caregraph/service-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createCertificateAuthority,
  createCertificateFolder,
  type CertificateFolder,
} from '../../../test/certificates.js';
import { migrate, readStatus } from '../src/index.js';
import { connect } from './connect.js';
import { startEncryptedCluster, type EncryptedCluster } from './encrypted-cluster.js';

let cluster: EncryptedCluster;
let folder: CertificateFolder;
let rootCertificate: string;

beforeAll(async () => {
  folder = await createCertificateFolder();
  cluster = await startEncryptedCluster();
  rootCertificate = await folder.write('root.crt', cluster.authority.certificate);
});

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

function urlWith(parameters: Readonly<Record<string, string>>, host = 'localhost'): string {
  const url = cluster.url(host);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/** The protocol of an encrypted connection, or why there is none. */
async function outcome(url: string): Promise<string | undefined> {
  try {
    await using connection = await connect(url);
    const [row] = await connection.query<{ ssl: boolean; version: string }>(
      'SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
    );
    return row?.ssl === true ? row.version : 'plain';
  } catch (error) {
    return databaseConnectionFailure(error);
  }
}

test('encrypts, and knows the server by its certificate and its name', async () => {
  const parameters = { sslmode: 'verify-full', sslrootcert: rootCertificate };
  expect(await outcome(urlWith(parameters))).toMatch(/^TLSv1\.[23]$/);
});

test.each(['require', 'verify-ca', 'verify-full'])(
  'refuses a server of another authority with sslmode=%s',
  async (sslmode) => {
    const stranger = await createCertificateAuthority();
    const sslrootcert = await folder.write(`stranger-${sslmode}.crt`, stranger.certificate);
    expect(await outcome(urlWith({ sslmode, sslrootcert }))).toMatch(
      /certificate.*look at the host, sslrootcert/,
    );
  },
);

test('refuses a server that nobody has vouched for', async () => {
  expect(await outcome(urlWith({ sslmode: 'verify-full' }))).toMatch(/self-signed certificate/);
});

test('refuses a host that the certificate is not for, unless only the authority is asked for', async () => {
  const parameters = { sslmode: 'verify-full', sslrootcert: rootCertificate };
  expect(await outcome(urlWith(parameters, '127.0.0.1'))).toMatch(/altnames.*look at the host/);
  expect(await outcome(urlWith({ ...parameters, sslmode: 'verify-ca' }, '127.0.0.1'))).toMatch(/^TLS/);
  expect(await outcome(urlWith({ sslmode: 'require' }, '127.0.0.1'))).toMatch(/^TLS/);
});

test.each<Readonly<Record<string, string>>>([{}, { sslmode: 'disable' }])(
  'says what to do where the server takes encrypted connections only: %j',
  async (parameters) => {
    expect(await outcome(urlWith(parameters))).toMatch(/no encryption.*add sslmode=verify-full/);
  },
);

test('proves itself with a certificate where the server asks for one', async () => {
  const { certificate, key } = await cluster.authority.issue('certified');
  const url = cluster.urlWithoutPassword('localhost', 'certified');
  url.searchParams.set('sslmode', 'verify-full');
  url.searchParams.set('sslrootcert', rootCertificate);
  expect(await outcome(url.href)).toMatch(/certificate/);
  url.searchParams.set('sslcert', await folder.write('certified.crt', certificate));
  url.searchParams.set('sslkey', await folder.write('certified.key', key));
  expect(await outcome(url.href)).toMatch(/^TLS/);
});

test('says which certificate cannot be read', async () => {
  const url = urlWith({ sslmode: 'verify-full', sslrootcert: '/nowhere/root.crt' });
  await expect(connect(url)).rejects.toThrow(/^The sslrootcert of the database URL cannot be read: ENOENT/);
});

test('the migrator, the services’ adapter and Prisma connect by the same URL, without a warning', async () => {
  const warnings: Error[] = [];
  const listen = (warning: Error): void => {
    warnings.push(warning);
  };
  process.on('warning', listen);
  try {
    await using administration = await connect(
      urlWith({ sslmode: 'verify-ca', sslrootcert: rootCertificate }),
    );
    await administration.query('CREATE ROLE users_service LOGIN');
    const url = urlWith({ sslmode: 'verify-ca', sslrootcert: rootCertificate, schema: 'users' });
    await migrate({ service: 'users', migrationUrl: url, runtimeRole: 'users_service' });
    const status = await readStatus({ service: 'users', migrationUrl: url });
    expect(status.every(({ state }) => state === 'applied')).toBe(true);

    const errors: Error[] = [];
    const adapter = await createDatabaseAdapter({
      url,
      applicationName: 'test',
      onError: (error) => errors.push(error),
    }).connect();
    const { rows } = await adapter.queryRaw({
      sql: 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
      args: [],
      argTypes: [],
    });
    expect({ rows, errors }).toEqual({ rows: [[true]], errors: [] });
    await adapter.dispose();

    const prisma = await runPrisma(['migrate', 'status', '--config', 'prisma/users/prisma.config.ts'], {
      env: { USERS_MIGRATION_URL: url },
      output: 'collect',
    });
    expect(prisma).toMatchObject({ exitCode: 0 });
    expect(prisma.output).not.toMatch(/warning/i);
  } finally {
    process.off('warning', listen);
  }
  expect(warnings).toEqual([]);
});
