import { createSecretKey, randomBytes } from 'node:crypto';
import { StartupError } from '@caregraph/service-kit/startup-error';
import { expect, it, vi } from 'vitest';
import type { DataKey } from './encrypted-text.js';
import { createKnownKeys } from './known-keys.js';

const key: DataKey = { id: '0123456789abcdef', key: createSecretKey(randomBytes(32)) };

it('asks once for a key that many values name at the same time, and never again', async () => {
  const fetchKey = vi.fn(() => Promise.resolve(key));
  const known = createKnownKeys(fetchKey);
  expect(known.get(key.id)).toBeUndefined();
  expect(await Promise.all([known.find(key.id), known.find(key.id), known.find(key.id)])).toEqual([
    ...[key, key, key],
  ]);
  expect(known.get(key.id)).toBe(key);
  expect(await known.fetch(key.id)).toBe(key);
  expect(fetchKey).toHaveBeenCalledTimes(1);
});

it.each([
  ['is not there', () => Promise.resolve(null)],
  ['does not open', () => Promise.reject(new StartupError('It does not open.'))],
])('remembers that a key %s, but not to whoever has to know', async (_, fetchMissing) => {
  const fetchKey = vi.fn<() => Promise<DataKey | null>>(fetchMissing);
  const known = createKnownKeys(fetchKey);
  const [first] = await Promise.allSettled([known.find(key.id)]);
  expect(await Promise.allSettled([known.find(key.id)])).toEqual([first]);
  expect(fetchKey).toHaveBeenCalledTimes(1);
  fetchKey.mockResolvedValue(key);
  expect(await known.fetch(key.id)).toBe(key);
  expect(known.get(key.id)).toBe(key);
});

it('asks again where the database could not be asked', async () => {
  const fetchKey = vi.fn(() => Promise.resolve(key)).mockRejectedValueOnce(new Error('It broke.'));
  const known = createKnownKeys(fetchKey);
  await expect(known.find(key.id)).rejects.toThrow('It broke.');
  expect(await known.find(key.id)).toBe(key);
});
