import { createLogger, StartupError } from '@caregraph/service-kit';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createKeySet, writeKeySet, type PrivateKeySet } from './access-token-key-set.js';
import { followAccessTokenKeys } from './access-token-keys.js';

const logger = createLogger('users', 'silent');

function secondsAgo(seconds: number): Date {
  return new Date(Date.now() - seconds * 1_000);
}

/** A set of keys that were made so many seconds ago. */
async function keysOfAges(...ages: readonly number[]): Promise<PrivateKeySet> {
  const sets = await Promise.all(ages.map((age) => createKeySet(secondsAgo(age))));
  return { keys: sets.flatMap(({ keys }) => keys) };
}

async function open(set: PrivateKeySet) {
  const folder = await mkdtemp(join(tmpdir(), 'caregraph-keys-'));
  const file = join(folder, 'keys.json');
  await writeKeySet(file, set);
  const keys = await followAccessTokenKeys(file, logger);
  onTestFinished(async () => {
    keys.stop();
    await rm(folder, { recursive: true });
  });
  return { file, keys };
}

function kidsOf(set: { readonly keys: readonly { kid?: string }[] }): (string | undefined)[] {
  return set.keys.map(({ kid }) => kid);
}

describe('the key that signs', () => {
  it('is the only one from the beginning, also when it was made just now', async () => {
    const set = await keysOfAges(0);
    const { keys } = await open(set);
    expect(keys.signingKey().kid).toBe(set.keys[0]?.kid);
  });

  it('is the newest of those that were published for some seconds', async () => {
    const set = await keysOfAges(100, 10, 1);
    const { keys } = await open(set);
    expect(keys.signingKey().kid).toBe(set.keys[1]?.kid);
    expect(keys.signingKey(new Date(Date.now() + 6_000)).kid).toBe(set.keys[2]?.kid);
  });

  it('is not one that has just been put there, however long ago it was made', async () => {
    const old = await keysOfAges(1_000);
    const { file, keys } = await open(old);
    const both = { keys: [...old.keys, ...(await keysOfAges(500)).keys] };
    await writeKeySet(file, both);
    await keys.reload();
    expect(kidsOf(keys.jwks())).toEqual(kidsOf(both));
    expect(keys.signingKey().kid).toBe(old.keys[0]?.kid);
    expect(keys.signingKey(new Date(Date.now() + 6_000)).kid).toBe(both.keys[1]?.kid);
  });

  it('is a new one at once where all others were taken away', async () => {
    const { file, keys } = await open(await keysOfAges(1_000));
    const set = await keysOfAges(0);
    await writeKeySet(file, set);
    await keys.reload();
    expect(kidsOf(keys.jwks())).toEqual(kidsOf(set));
    expect(keys.signingKey().kid).toBe(set.keys[0]?.kid);
  });
});

describe('the file', () => {
  it('is followed without being asked to', async () => {
    const { file, keys } = await open(await keysOfAges(1_000));
    const set = await keysOfAges(1_000, 0);
    await writeKeySet(file, set);
    await expect.poll(() => kidsOf(keys.jwks()), { timeout: 10_000 }).toEqual(kidsOf(set));
  });

  it.each(['', '{"keys": [{"kty"', '{"keys":[]}'])(
    'that holds %j leaves the last keys in force',
    async (text) => {
      const set = await keysOfAges(1_000);
      const { file, keys } = await open(set);
      await writeFile(file, text);
      await keys.reload();
      expect(kidsOf(keys.jwks())).toEqual(kidsOf(set));
      await rm(file);
      await keys.reload();
      expect(keys.signingKey().kid).toBe(set.keys[0]?.kid);
    },
  );

  it('publishes nothing private', async () => {
    const set = await keysOfAges(1_000, 0);
    const { keys } = await open(set);
    for (const [index, key] of keys.jwks().keys.entries()) {
      expect(key).toEqual({
        kty: 'OKP',
        crv: 'Ed25519',
        x: set.keys[index]?.x,
        kid: set.keys[index]?.kid,
        alg: 'EdDSA',
        use: 'sig',
      });
    }
  });

  it('that is missing or broken from the beginning is told by its name, and not by what it holds', async () => {
    const { file } = await open(await keysOfAges(0));
    await expect(followAccessTokenKeys(`${file}.none`, logger)).rejects.toThrow(/keys\.json\.none.*ENOENT/);
    await writeFile(file, '{"d":"secret"}');
    const refusal = followAccessTokenKeys(file, logger);
    await expect(refusal).rejects.toThrow(StartupError);
    await expect(refusal).rejects.toThrow(/^((?!secret).)*$/s);
  });
});
