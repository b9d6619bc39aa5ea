import { describe, expect, it } from 'vitest';
import { parseSearch } from './search-text.js';

describe('a search', () => {
  it.each([undefined, null, '', '  \n '])('for %j is for everything', (search) => {
    expect(parseSearch(search)).toBeNull();
  });

  it.each([
    'Alice',
    "  O'Brien-Müller ",
    '%_\\ & | ! () <-> :*',
    'Ana Maria de la Cruz ana.de-la-cruz.1@mail.example.com',
    'x'.repeat(200),
    'a '.repeat(24),
    'a\u0300'.repeat(100),
    '-'.repeat(200),
  ])('for %j is carried out as it was typed', (search) => {
    expect(parseSearch(search)).toBe(search);
  });

  it.each([
    'x'.repeat(201),
    'a '.repeat(25),
    'a.'.repeat(25),
    'a\u0900'.repeat(25),
    '\ufdfa'.repeat(25),
    '\0',
    '\ud800',
  ])('for %j is refused', (search) => {
    expect(() => parseSearch(search)).toThrow(/A search/);
  });
});
