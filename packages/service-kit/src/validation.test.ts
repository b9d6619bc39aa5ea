import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { emailAddress, isStorable, phoneNumber, requiredText, text, validate } from './validation.js';

describe('validate', () => {
  it('names the path of each value that breaks a rule', () => {
    const schema = z.object({ name: requiredText(5), address: z.object({ city: text(3) }) });
    const result = validate(schema, { name: ' ', address: { city: 'Wien' } });
    expect(result).toEqual({
      ok: false,
      problems: [
        { code: 'INVALID_INPUT', message: 'must not be empty', field: ['name'] },
        { code: 'INVALID_INPUT', message: 'must have at most 3 characters', field: ['address', 'city'] },
      ],
    });
  });
});

describe('text', () => {
  it('counts characters as PostgreSQL does, not halves of surrogate pairs', () => {
    expect(text(2).safeParse('😀😀').success).toBe(true);
    expect(text(2).safeParse('😀😀😀').success).toBe(false);
  });

  it('is returned as it came, white space included', () => {
    expect(text(10).parse('  a\t\n ')).toBe('  a\t\n ');
  });

  it.each(['a\0b', '\ud800', 'a\udc00'])('refuses %j, which PostgreSQL cannot keep', (value) => {
    expect(isStorable(value)).toBe(false);
    expect(text(10).safeParse(value).success).toBe(false);
  });
});

describe('an e-mail address', () => {
  it.each(['a@b.org', "o'brien+tag@sub.example.com", 'x_y@example.museum'])('may be %s', (value) => {
    expect(emailAddress.safeParse(value).success).toBe(true);
  });

  it.each(['', 'a', 'a@', '@b.org', 'a b@c.org', 'a@b', 'a@b..org', ' a@b.org', `${'a'.repeat(250)}@b.org`])(
    'may not be %j',
    (value) => {
      expect(emailAddress.safeParse(value).success).toBe(false);
    },
  );
});

describe('a phone number', () => {
  it.each([
    '+43 1 234 5678',
    '(555) 010-9999',
    '555.010.9999',
    '0800/123456',
    '555-0100 x12',
    '555-0100 ext. 7',
  ])('may be %s', (value) => {
    expect(phoneNumber.safeParse(value).success).toBe(true);
  });

  it.each(['', '123', 'call me', '+1 555 0100 0100 0100 0', '++1 555 0100', '555-0100 x'])(
    'may not be %j',
    (value) => {
      expect(phoneNumber.safeParse(value).success).toBe(false);
    },
  );
});
