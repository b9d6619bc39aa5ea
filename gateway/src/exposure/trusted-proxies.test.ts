import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cameOverTls, clientOf, parseTrustedProxies } from './trusted-proxies.js';

const setting = z.string().transform(parseTrustedProxies);

/** A request that a connection from `address` brings. */
function requestFrom(address: string, headers: Readonly<Record<string, string>>, encrypted = false) {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: address });
  if (encrypted) Object.defineProperty(socket, 'encrypted', { value: true });
  const request = new IncomingMessage(socket);
  Object.assign(request.headers, headers);
  return request;
}

describe("the client's address", () => {
  it.each([
    ['none', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['none', '::ffff:203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['loopback', '127.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['loopback', '127.0.0.1', 'spoofed, 10.1.1.1, 198.51.100.1', '198.51.100.1'],
    ['loopback', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['loopback, 10.0.0.0/8', '127.0.0.1', '192.0.2.7, 198.51.100.1, 10.1.1.1', '198.51.100.1'],
    ['loopback, 10.0.0.0/8', '127.0.0.1', '10.2.2.2, 10.1.1.1', '10.2.2.2'],
    ['10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1', '2001:db8::1'],
    ['1', '203.0.113.9', '192.0.2.7, 198.51.100.1', '198.51.100.1'],
    ['2', '203.0.113.9', '192.0.2.7, 198.51.100.1', '192.0.2.7'],
    ['0', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['loopback', '127.0.0.1', 'unknown', '127.0.0.1'],
    ['loopback', '127.0.0.1', "<script>', '' --", '127.0.0.1'],
    ['loopback', '127.0.0.1', '', '127.0.0.1'],
  ])('with TRUST_PROXY=%s, from %s, forwarded for "%s", is %s', (trust, connected, forwarded, address) => {
    const request = requestFrom(connected, { 'x-forwarded-for': forwarded });
    expect(clientOf(request, setting.parse(trust)).address).toBe(address);
  });

  it('is known without the header, too', () => {
    expect(clientOf(requestFrom('127.0.0.1', {}), setting.parse('loopback')).address).toBe('127.0.0.1');
  });

  it.each(['everybody', '10.0.0.0/99', '-1', '1.5', '300.1.1.1', ''])(
    'cannot be taken from "%s"',
    (trust) => {
      expect(setting.safeParse(trust).success).toBe(false);
    },
  );
});

describe("the client's user agent", () => {
  it('is cut to 200 printable characters', () => {
    const request = requestFrom('127.0.0.1', {
      'user-agent': `evil\n\u0000\u00e9\u{1f600}${'x'.repeat(300)}`,
    });
    const { userAgent } = clientOf(request, () => false);
    expect(userAgent).toBe(`evil?????${'x'.repeat(191)}`);
  });

  it('is null where there is none', () => {
    expect(clientOf(requestFrom('127.0.0.1', {}), () => false).userAgent).toBeNull();
  });
});

describe('a connection', () => {
  it.each([
    ['is encrypted where the socket is', true, 'none', {}, true],
    ['is not encrypted because anybody says so', false, 'none', { 'x-forwarded-proto': 'https' }, false],
    ['is encrypted where a trusted proxy says so', false, 'loopback', { 'x-forwarded-proto': 'HTTPS' }, true],
    [
      'is as the first of the proxies saw it',
      false,
      'loopback',
      { 'x-forwarded-proto': 'http, https' },
      false,
    ],
    ['is not encrypted where nobody says so', false, 'loopback', {}, false],
  ])('%s', (_, encrypted, trust, headers, expected) => {
    expect(cameOverTls(requestFrom('127.0.0.1', headers, encrypted), setting.parse(trust))).toBe(expected);
  });
});
