import { once } from 'node:events';
import { request as sendPlain } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  createCertificateAuthority,
  createCertificateFolder,
  type CertificateAuthority,
  type CertificateFolder,
} from '../../../test/certificates.js';
import { startHttpServer } from './http-server.js';
import { createLogger, type Logger } from './logger.js';
import { openProcessTls } from './process-tls.js';
import { createServiceClient } from './service-client.js';
import type { TlsSettings } from './settings.js';

/** A folder with the files of a process, whose certificate is for `names`. */
async function certificateFiles(authority: CertificateAuthority, ...names: string[]) {
  const folder = await createCertificateFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const files: TlsSettings = { TLS_CA_FILE: await folder.write('ca.crt', authority.certificate) };
  return { folder, files: { ...files, ...(await issue(folder, authority, ...names)) } };
}

async function issue(folder: CertificateFolder, authority: CertificateAuthority, ...names: string[]) {
  const { certificate, key } = await authority.issue(...names);
  return {
    TLS_KEY_FILE: await folder.write('tls.key', key),
    TLS_CERT_FILE: await folder.write('tls.crt', certificate),
  };
}

/** A server that answers every request with the name of its certificate. */
async function start(files: TlsSettings, logger: Logger = createLogger('test', 'silent')) {
  const tls = openProcessTls(files, logger);
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    portSetting: 'PORT',
    logger,
    tls,
    trustRequestId: false,
    handlers: [
      ({ response }) => {
        response.end(JSON.stringify({ data: { served: true } }));
        return true;
      },
    ],
  });
  onTestFinished(async () => {
    tls.stop();
    await server.stop();
  });
  return server;
}

/** A GraphQL client that calls a server as another process of the platform does. */
function clientOf(url: string, files: TlsSettings) {
  const tls = openProcessTls(files, createLogger('test', 'silent'));
  const client = createServiceClient({
    service: 'patients',
    url,
    issuer: 'gateway',
    secret: null,
    tls,
    timeout: 5_000,
  });
  onTestFinished(async () => {
    tls.stop();
    await client.close();
  });
  const call = {
    viewer: { kind: 'anonymous' },
    client: { address: null, userAgent: null },
    requestId: 'test',
  } as const;
  return { send: () => client.send({ query: '{ served }' }, call) };
}

/** The name in the certificate that a server shows to a new connection. */
async function shownName(port: number): Promise<unknown> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return CN;
}

describe('a process with a certificate', () => {
  it('is called by those who trust its authority, and by nobody else', async () => {
    const authority = await createCertificateAuthority();
    const { files } = await certificateFiles(authority, 'localhost');
    const server = await start(files);
    const url = `https://localhost:${server.port}/graphql`;
    await expect(clientOf(url, files).send()).resolves.toEqual({ data: { served: true } });
    await expect(clientOf(url, {}).send()).rejects.toMatchObject({
      reason: 'unreachable',
      cause: { message: expect.stringContaining('certificate') as string },
    });
    const other = await certificateFiles(await createCertificateAuthority(), 'localhost');
    await expect(clientOf(url, other.files).send()).rejects.toThrow('unreachable');
  });

  it('is not mistaken for another host', async () => {
    const authority = await createCertificateAuthority();
    const { files } = await certificateFiles(authority, 'patients.clinic.example');
    const server = await start(files);
    await expect(clientOf(`https://127.0.0.1:${server.port}/graphql`, files).send()).rejects.toMatchObject({
      cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
  });

  it('does not answer plain HTTP, nor TLS 1.1', async () => {
    const { files } = await certificateFiles(await createCertificateAuthority(), 'localhost');
    const { port } = await start(files);
    await expect(once(sendPlain({ port, host: '127.0.0.1' }).end(), 'response')).rejects.toThrow();
    const old: ConnectionOptions = {
      port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL@SECLEVEL=0',
    };
    await expect(once(connect(old), 'secureConnect')).rejects.toThrow(/protocol version/);
  });

  it('stops also while somebody has connected and says nothing', async () => {
    const { files } = await certificateFiles(await createCertificateAuthority(), 'localhost');
    const server = await start(files);
    const silent = connectTcp(server.port, '127.0.0.1');
    await once(silent, 'connect');
    // The server has taken up the connection before this one, which came later.
    await shownName(server.port);
    const closed = once(silent, 'close');
    await server.stop();
    await closed;
  });
});

describe('a renewed certificate', () => {
  it('is shown without a restart, and one that cannot be used is not', async () => {
    const authority = await createCertificateAuthority();
    const { folder, files } = await certificateFiles(authority, 'first');
    const logger = createLogger('test', 'silent');
    const told = vi.spyOn(logger, 'error');
    const { port } = await start(files, logger);
    expect(await shownName(port)).toBe('first');

    await folder.write('tls.crt', '-----BEGIN CERTIFICATE-----\nhalf');
    await expect.poll(() => told.mock.calls.length, { timeout: 20_000 }).toBe(1);
    const [{ err }] = told.mock.calls[0] as unknown as [{ err: Error }];
    expect(err.message).toMatch(/^TLS_CERT_FILE: /);
    expect(await shownName(port)).toBe('first');

    // The key comes first, and does not fit the certificate that is still there.
    await issue(folder, authority, 'second');
    await expect.poll(() => shownName(port), { timeout: 20_000 }).toBe('second');
  });

  it('is trusted and shown in calls from then on', async () => {
    const before = await createCertificateAuthority();
    const after = await createCertificateAuthority();
    const { files } = await certificateFiles(after, 'localhost');
    const server = await start(files);
    const caller = await certificateFiles(before, 'gateway');
    const client = clientOf(`https://localhost:${server.port}/graphql`, caller.files);
    await expect(client.send()).rejects.toThrow('unreachable');
    await caller.folder.write('ca.crt', after.certificate);
    await expect
      .poll(() => client.send().catch(() => null), { timeout: 20_000 })
      .toEqual({ data: { served: true } });
  });
});

describe('mutual TLS', () => {
  it('answers callers with a certificate of the authority only', async () => {
    const authority = await createCertificateAuthority();
    const { files } = await certificateFiles(authority, 'localhost');
    const { port } = await start({ ...files, TLS_CLIENT_CA_FILE: files.TLS_CA_FILE });
    const url = `https://localhost:${port}/graphql`;
    await expect(clientOf(url, files).send()).resolves.toEqual({ data: { served: true } });
    const refusal = { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] };
    await expect(clientOf(url, { TLS_CA_FILE: files.TLS_CA_FILE }).send()).resolves.toMatchObject(refusal);
    const stranger = await certificateFiles(await createCertificateAuthority(), 'gateway');
    const disguised = { ...stranger.files, TLS_CA_FILE: files.TLS_CA_FILE };
    await expect(clientOf(url, disguised).send()).resolves.toMatchObject(refusal);
  });

  it('lets health probes through, which have no certificate', async () => {
    const { files } = await certificateFiles(await createCertificateAuthority(), 'localhost');
    const { port } = await start({ ...files, TLS_CLIENT_CA_FILE: files.TLS_CA_FILE });
    expect(await statusOf({ port, path: '/health/live' })).toBe(200);
    expect(await statusOf({ port, path: '/metrics' })).toBe(401);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'does not take a resumed session of %s for a certificate',
    async (version) => {
      const { files } = await certificateFiles(await createCertificateAuthority(), 'localhost');
      const { port } = await start({ ...files, TLS_CLIENT_CA_FILE: files.TLS_CA_FILE });
      const options = { minVersion: version, maxVersion: version };
      const first = connect({ ...options, port, host: '127.0.0.1', rejectUnauthorized: false });
      const session = once(first, 'session') as Promise<[Buffer]>;
      first.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n');
      const [ticket] = await session;
      await once(first, 'data');
      first.destroy();
      const second = connect({
        ...options,
        port,
        host: '127.0.0.1',
        rejectUnauthorized: false,
        session: ticket,
      });
      second.write('GET /graphql HTTP/1.1\r\nhost: localhost\r\n\r\n');
      const [answer] = (await once(second, 'data')) as [Buffer];
      expect(second.isSessionReused()).toBe(true);
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /);
      second.destroy();
    },
  );
});

async function statusOf(options: RequestOptions): Promise<number | undefined> {
  const sent = request({ host: '127.0.0.1', rejectUnauthorized: false, ...options }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

describe('files that cannot be used', () => {
  it('are named, all that cannot be read at once', () => {
    const missing = { TLS_CERT_FILE: '/nowhere/tls.crt', TLS_KEY_FILE: '/nowhere/tls.key' };
    expect(() => openProcessTls(missing, createLogger('test', 'silent'))).toThrow(
      /TLS_CERT_FILE: ENOENT[^]*TLS_KEY_FILE: ENOENT/,
    );
  });

  it('are named where they hold something else', async () => {
    const authority = await createCertificateAuthority();
    const { folder, files } = await certificateFiles(authority, 'localhost');
    const logger = createLogger('test', 'silent');
    const { key } = await authority.issue('other');
    const otherKey = await folder.write('other.key', key);
    expect(() => openProcessTls({ ...files, TLS_KEY_FILE: otherKey }, logger)).toThrow(
      'TLS_KEY_FILE: is not the key of the certificate in TLS_CERT_FILE',
    );
    expect(() => openProcessTls({ TLS_CERT_FILE: files.TLS_CERT_FILE }, logger)).toThrow(
      'TLS_CERT_FILE and TLS_KEY_FILE: one is of no use without the other',
    );
    const empty = await folder.write('empty.crt', '');
    expect(() => openProcessTls({ ...files, TLS_CA_FILE: empty }, logger)).toThrow('TLS_CA_FILE: ');
  });
});
