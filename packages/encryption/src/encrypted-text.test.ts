import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DecryptionError,
  decryptText,
  encryptText,
  isEncrypted,
  keyIdOf,
  type DataKey,
  type Place,
} from './encrypted-text.js';

const place: Place = { table: 'patients', row: 7, column: 'allergies' };
const dataKey = newKey();

function newKey(id = randomBytes(8).toString('hex')): DataKey {
  return { id, key: createSecretKey(randomBytes(32)) };
}

describe('encryptText', () => {
  it('gives back every text that PostgreSQL could hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), fc.nat(), (text, row) => {
        const here = { ...place, row };
        expect(decryptText(dataKey, encryptText(dataKey, text, here), here)).toBe(text);
      }),
    );
  });

  it.each([
    ['an empty text', ''],
    ['emoji of several code points', '👩‍⚕️🏥 naïve Şebnem 患者'],
    ['a text that looks encrypted', 'enc:v1:0123456789abcdef:AAAA'],
    ['a megabyte', 'Ångström 💊 '.repeat(80_000)],
  ])('gives back %s', (_, text) => {
    expect(decryptText(dataKey, encryptText(dataKey, text, place), place)).toBe(text);
  });

  it('stores half a character as U+FFFD, as a column in clear would', () => {
    expect(decryptText(dataKey, encryptText(dataKey, 'a\uD83Db\uDC00', place), place)).toBe('a\uFFFDb\uFFFD');
  });

  it('never gives two values the same form', () => {
    const forms = Array.from({ length: 1_000 }, () => encryptText(dataKey, 'Penicillin', place));
    expect(new Set(forms).size).toBe(1_000);
  });

  it('names the key in a form that is told from clear text', () => {
    const stored = encryptText(dataKey, 'Penicillin', place);
    expect(isEncrypted(stored)).toBe(true);
    expect(keyIdOf(stored)).toBe(dataKey.id);
    expect(keyIdOf('enc:v1:nothing')).toBeNull();
    expect(keyIdOf('enc:v1:Penicillin (rash):')).toBeNull();
    expect(isEncrypted('Penicillin (enc:v1:)')).toBe(false);
  });
});

describe('decryptText', () => {
  const stored = encryptText(dataKey, 'Penicillin (rash); Peanuts', place);

  it.each<[string, Place]>([
    ['another row', { ...place, row: 8 }],
    ['another column', { ...place, column: 'medications' }],
    ['another table', { ...place, table: 'appointments' }],
    ['a row whose number begins alike', { ...place, row: 77 }],
  ])('refuses a value that was moved to %s', (_, there) => {
    expect(() => decryptText(dataKey, stored, there)).toThrow(DecryptionError);
  });

  it('refuses a value under another key of the same name', () => {
    expect(() => decryptText(newKey(dataKey.id), stored, place)).toThrow(DecryptionError);
  });

  it('refuses a value with any bit flipped', () => {
    const start = stored.lastIndexOf(':') + 1;
    const bytes = Buffer.from(stored.slice(start), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const altered = stored.slice(0, start) + flipped.toString('base64url');
      expect(() => decryptText(dataKey, altered, place)).toThrow(DecryptionError);
    }
  });

  it('refuses a value with any character replaced, added or cut off', () => {
    const start = stored.lastIndexOf(':') + 1;
    for (let index = start; index < stored.length; index += 1) {
      const other = stored[index] === 'A' ? 'B' : 'A';
      for (const altered of [
        stored.slice(0, index) + other + stored.slice(index + 1),
        `${stored.slice(0, index)}!${stored.slice(index)}`,
        stored.slice(0, index),
      ]) {
        expect(() => decryptText(dataKey, altered, place)).toThrow(DecryptionError);
      }
    }
  });

  it('says where a value is that does not decrypt, and nothing of it', () => {
    const altered = `${stored.slice(0, -2)}AA`;
    expect(() => decryptText(dataKey, altered, place)).toThrow(
      /^patients\.allergies of row 7 cannot be decrypted: it was altered, or moved here from elsewhere\.$/,
    );
  });
});
