import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { ConnectionLimits } from './connection-limits.js';
import { startHttpServer } from './http-server.js';
import { createLogger } from './logger.js';

async function start(connectionLimits: Partial<ConnectionLimits>) {
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    portSetting: 'PORT',
    logger: createLogger('test', 'silent'),
    handlers: [
      async ({ request, response }) => {
        await request.toArray();
        response.end('answered');
        return true;
      },
    ],
    trustRequestId: false,
    connectionLimits,
  });
  return { ...server, [Symbol.asyncDispose]: () => server.stop() };
}

/** Sends the text as it is, and returns what comes back before the server closes the connection. */
async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
  const closed = once(socket, 'close');
  socket.write(text);
  await closed;
  return answer;
}

const head = 'POST / HTTP/1.1\r\nhost: here\r\n';

describe('a client that is slow', () => {
  it('with its head gets 408, and is gone', async () => {
    await using server = await start({ headersTimeout: 100 });
    expect(await exchange(server.port, head)).toMatch(/^HTTP\/1\.1 408 [^]*"code":"BAD_REQUEST"/);
  });

  it('with its body gets 408, and is gone', async () => {
    await using server = await start({ headersTimeout: 100, requestTimeout: 100 });
    expect(await exchange(server.port, `${head}content-length: 10\r\n\r\nhalf`)).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe('what is no HTTP request', () => {
  it.each([
    ['has two lengths', `${head}content-length: 1\r\ncontent-length: 2\r\n\r\n{}`, 400],
    [
      'has a length and chunks',
      `${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ['has a length that is no number', `${head}content-length: many\r\n\r\n`, 400],
    ['is something else', 'hello\r\n\r\n', 400],
    ['has a head that is too large', `${head}x: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('because it %s gets a GraphQL error', async (_, text, status) => {
    await using server = await start({});
    const answer = await exchange(server.port, text);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    const [, body = ''] = answer.split('\r\n\r\n');
    expect(JSON.parse(body)).toEqual({
      errors: [{ message: 'The request is not valid HTTP.', extensions: { code: 'BAD_REQUEST' } }],
    });
  });
});

describe('more connections than there may be', () => {
  it('are closed at once, and those that are there go on', async () => {
    await using server = await start({ maximum: 1 });
    const first = connect(server.port, '127.0.0.1');
    await once(first, 'connect');
    expect(await exchange(server.port, '')).toBe('');
    first.write('GET / HTTP/1.1\r\nhost: here\r\n\r\n');
    const [answer] = (await once(first.setEncoding('utf8'), 'data')) as [string];
    expect(answer).toContain('answered');
    first.destroy();
  });
});
