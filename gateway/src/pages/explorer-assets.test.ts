import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadExplorer } from './explorer-assets.js';

const directory = mkdtempSync(path.join(tmpdir(), 'caregraph-explorer-'));
const script = 'console.log("explorer");\n';
const server = createServer();

beforeAll(async () => {
  const bundle = path.join(directory, 'bundle');
  mkdirSync(path.join(bundle, 'assets'), { recursive: true });
  writeFileSync(path.join(directory, 'secret.js'), 'secret');
  writeFileSync(path.join(bundle, 'index.html'), '<!doctype html>');
  writeFileSync(path.join(bundle, 'assets', 'explorer-ABC.js'), script);
  writeFileSync(path.join(bundle, 'assets', 'explorer-ABC.js.gz'), gzipSync(script));
  writeFileSync(path.join(bundle, 'assets', 'icons-DEF.woff2'), 'font');
  const explorer = loadExplorer(bundle);
  server.on('request', (request, response) => {
    if (!explorer(request, response)) response.writeHead(418).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

describe('the explorer', () => {
  it.each(['/explorer', '/explorer/', '/explorer?query=x'])(
    'answers %s with the page, always fresh',
    async (url) => {
      const answer = await get(url);
      expect(answer.status).toBe(200);
      expect(answer.body.toString()).toBe('<!doctype html>');
      expect(answer.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
      expect(answer.headers['content-security-policy']).toMatch(
        /^default-src 'self';.* frame-ancestors 'none'$/,
      );
      expect(answer.headers['content-security-policy']).not.toMatch(/unsafe-eval|script-src|https?:/);
    },
  );

  it.each([
    ['/explorer/assets/explorer-ABC.js', 'text/javascript; charset=utf-8'],
    ['/explorer/assets/icons-DEF.woff2', 'font/woff2'],
  ])('lets browsers keep %s for ever', async (url, contentType) => {
    const answer = await get(url);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': contentType,
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });

  it.each(['gzip', 'br, GZIP;q=0.5', '*'])('compresses for a client that accepts "%s"', async (accepted) => {
    const answer = await get('/explorer/assets/explorer-ABC.js', {
      headers: { 'accept-encoding': accepted },
    });
    expect(answer.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(gunzipSync(answer.body).toString()).toBe(script);
  });

  it.each(['br', 'gzip;q=0, *', 'identity'])(
    'does not compress for a client that accepts "%s"',
    async (accepted) => {
      const answer = await get('/explorer/assets/explorer-ABC.js', {
        headers: { 'accept-encoding': accepted },
      });
      expect(answer.headers['content-encoding']).toBeUndefined();
      expect(answer.body.toString()).toBe(script);
    },
  );

  it('answers 304 to a client that has the same content, and 200 to one that has another', async () => {
    const { etag = '' } = (await get('/explorer')).headers;
    const same = await get('/explorer', { headers: { 'if-none-match': `"other", W/${etag}` } });
    expect([same.status, same.body.length, same.headers.etag]).toEqual([304, 0, etag]);
    expect((await get('/explorer', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  it('answers HEAD as GET, without the body', async () => {
    const answer = await get('/explorer/assets/explorer-ABC.js', { method: 'HEAD' });
    expect([answer.status, answer.headers['content-length'], answer.body.length]).toEqual([
      200,
      String(script.length),
      0,
    ]);
  });

  it('refuses other methods', async () => {
    const answer = await get('/explorer', { method: 'POST' });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  it.each([
    '/explorer/assets/',
    '/explorer/assets/none.js',
    '/explorer/index.html.gz',
    '/explorer/../secret.js',
    '/explorer/assets/../../secret.js',
    '/explorer/assets/..%2f..%2fsecret.js',
    '/explorer/%2e%2e/secret.js',
    '/explorer/assets/explorer-ABC.js.gz',
    '/explorer/constructor',
  ])('has nothing at %s', async (url) => {
    const answer = await get(url);
    expect(answer.status).toBe(404);
    expect(answer.body.toString()).toBe('There is nothing here.\n');
  });

  it.each(['/', '/graphql', '/explorers', '/Explorer', '/x/explorer'])('leaves %s to others', async (url) => {
    expect((await get(url)).status).toBe(418);
  });

  it('says what to do when its bundle is missing', () => {
    expect(() => loadExplorer(path.join(directory, 'none'))).toThrow(/bundle is missing.*npm run build/);
  });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends the path as it is: `fetch` would resolve `..` before it reaches the server. */
function get(
  url: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port, path: url, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) });
      });
    })
      .once('error', reject)
      .end();
  });
}
