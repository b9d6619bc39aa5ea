import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createKeySet, keyFromPem, parseKeySet, rotateKeySet, writeKeySet } from './access-token-key-set.js';

const now = new Date('2026-03-02T12:00:00Z');

function minutesLater(minutes: number): Date {
  return new Date(now.getTime() + minutes * 60_000);
}

it('adds a key and keeps those that may have signed a token that is still good', async () => {
  const first = await createKeySet(now);
  const second = await rotateKeySet(first, minutesLater(1_000));
  expect(second.keys.slice(0, -1)).toEqual(first.keys);
  // The second key signs since ten minutes: the first one's tokens can be good for another hour.
  const third = await rotateKeySet(second, minutesLater(1_010));
  expect(third.keys.slice(0, -1)).toEqual(second.keys);
  expect(new Set(third.keys.map(({ kid }) => kid)).size).toBe(3);
});

it('drops keys that a newer one has replaced long enough ago', async () => {
  const second = await rotateKeySet(await createKeySet(now), minutesLater(10));
  const third = await rotateKeySet(second, minutesLater(81));
  expect(third.keys).toHaveLength(2);
  expect(third.keys[0]).toEqual(second.keys[1]);
});

it('takes a key over from PEM', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const [key] = (await createKeySet(now, keyFromPem(pem))).keys;
  const { x, d } = privateKey.export({ format: 'jwk' });
  expect(key).toMatchObject({ x, d, iat: now.getTime() / 1_000 });
});

it('writes a file that only its owner can read, in place of the one that is there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'caregraph-keys-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'keys.json');
  for (const set of [await createKeySet(now), await createKeySet(now)]) {
    await writeKeySet(file, set);
    expect(parseKeySet(await readFile(file, 'utf8'))).toEqual(set);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  }
});

it.each(['', '{"keys": [', '{}', '{"keys":[]}', '{"keys":[{"kty":"OKP","crv":"Ed25519"}]}'])(
  'takes %j for no set of keys',
  (text) => {
    expect(() => parseKeySet(text)).toThrow();
  },
);
