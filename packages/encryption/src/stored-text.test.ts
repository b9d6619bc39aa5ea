import { createSecretKey, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { decryptText, encryptText, isEncrypted, type Place } from './encrypted-text.js';
import type { FieldCipher } from './field-cipher.js';
import { readText, storedText, textToStore } from './stored-text.js';

const place: Place = { table: 'patients', row: 7, column: 'allergies' };
const key = { id: 'a-key', key: createSecretKey(randomBytes(32)) };
const cipher: FieldCipher = {
  encrypt: (text, where) => encryptText(key, text, where),
  decrypt: (stored, where) => (isEncrypted(stored) ? decryptText(key, stored, where) : stored),
  close: () => Promise.resolve(),
};
const present = cipher.encrypt('Penicillin', place);

it('reads what is stored, and nothing where nothing is', async () => {
  expect(storedText(null, place)).toBeNull();
  expect(await readText(cipher, null)).toBeNull();
  expect(await readText(cipher, storedText(present, place))).toBe('Penicillin');
});

it('leaves a column as it is when it is not named, and clears it for null', async () => {
  expect(await textToStore(cipher, undefined, place, present)).toBeUndefined();
  expect(await textToStore(cipher, null, place, present)).toBeNull();
});

it('leaves a text as it is that is there already', async () => {
  expect(await textToStore(cipher, 'Penicillin', place, present)).toBeUndefined();
});

it.each([
  ['nothing', null],
  ['another text', cipher.encrypt('Latex', place)],
  ['the same text in clear', 'Penicillin'],
  ['the same text from elsewhere', cipher.encrypt('Penicillin', { ...place, row: 8 })],
  ['what does not decrypt', `${present}A`],
])('encrypts a text where there is %s', async (_, before) => {
  const stored = await textToStore(cipher, 'Penicillin', place, before);
  expect(stored).toMatch(/^enc:v1:a-key:/);
  expect(await readText(cipher, storedText(stored ?? null, place))).toBe('Penicillin');
});

it('does not take a failure to fetch a key for a text that does not decrypt', async () => {
  const failing: FieldCipher = { ...cipher, decrypt: () => Promise.reject(new Error('no connection')) };
  await expect(textToStore(failing, 'Latex', place, present)).rejects.toThrow('no connection');
});
