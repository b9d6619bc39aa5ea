import { exportJWK, SignJWT } from 'jose';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { createAccessTokenVerifier } from './access-token-verifier.js';

interface KeyServer extends AsyncDisposable {
  readonly url: string;
  /** Stops answering. */
  close(): Promise<void>;
  token(user: number, lifetime?: number): Promise<string>;
}

/** A users service that does nothing but publish a key. */
async function startKeyServer(): Promise<KeyServer> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'EdDSA', use: 'sig' }] };
  const server: Server = createServer((_, response) => response.end(JSON.stringify(keys)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    close,
    token: (user, lifetime = 600) =>
      new SignJWT({ role: 'NURSE', sid: 'session' })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'one', typ: 'at+jwt' })
        .setIssuer('caregraph')
        .setAudience('caregraph')
        .setSubject(String(user))
        .setExpirationTime(Math.floor(Date.now() / 1_000) + lifetime)
        .sign(privateKey),
    [Symbol.asyncDispose]: close,
  };
}

function nurse(id: number) {
  return { kind: 'user', id, role: 'NURSE', sessionId: 'session' };
}

describe('telling who sends a request', () => {
  it('needs no key for somebody without a token', async () => {
    const verifier = createAccessTokenVerifier('http://127.0.0.1:9/keys');
    expect(await verifier.identify(undefined)).toEqual({ kind: 'anonymous' });
    expect(await verifier.identify('Basic dXNlcjpwYXNz')).toEqual({ kind: 'anonymous' });
  });

  it('fails when the keys have never been there', async () => {
    await using server = await startKeyServer();
    const token = await server.token(1);
    await server.close();
    await expect(createAccessTokenVerifier(server.url).identify(`Bearer ${token}`)).rejects.toThrow();
    await expect(createAccessTokenVerifier(server.url).keys()).rejects.toThrow();
  });

  it('goes on, hours later, with the keys it has when the users service does not answer', async () => {
    await using server = await startKeyServer();
    const verifier = createAccessTokenVerifier(server.url);
    const day = 86_400;
    expect(await verifier.identify(`Bearer ${await server.token(1, day)}`)).toEqual(nurse(1));
    const token = await server.token(2, day);
    await server.close();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + (day / 2) * 1_000 });
    try {
      expect(await verifier.identify(`Bearer ${token}`)).toEqual(nurse(2));
      expect((await verifier.keys()).keys).toMatchObject([{ kid: 'one' }]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('does not remember a token beyond its end', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    try {
      await using server = await startKeyServer();
      const verifier = createAccessTokenVerifier(server.url);
      const token = await server.token(1, 20);
      expect(await verifier.identify(`Bearer ${token}`)).toEqual(nurse(1));
      vi.advanceTimersByTime(15_000);
      expect(await verifier.identify(`Bearer ${token}`)).toEqual(nurse(1));
      vi.advanceTimersByTime(6_000);
      expect(await verifier.identify(`Bearer ${token}`)).toEqual({ kind: 'anonymous' });
    } finally {
      vi.useRealTimers();
    }
  });
});
