import { dictionary } from '@zxcvbn-ts/language-common';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPasswordRules } from './password-rules.js';

const rules = await createPasswordRules(15);
const owner = { email: 'mei.chen@st-marys.example', firstName: 'Mei', lastName: 'Chen-Okonkwo' };

describe('a new password', () => {
  it.each([
    ['a phrase', 'correct horse battery staple'],
    ['a phrase without blanks', 'correcthorsebatterystaple'],
    ['only lower-case letters', 'purple walrus under rain'],
    ['only digits', '739182640571936'],
    ['blanks around and within', '  gravel  teapot  moon  '],
    ['another script', 'заяц любит зелёный чай'],
    ['signs of another plane', '🦉🧭🪁🫖🪴🧦🛶🪗🦔🧩🪺🫧🪐🧵🦜'],
    ['a common word with much of its own', 'love 83920571846630529714'],
    ['at random', 'kq7#Lm2$vRt9!xZ'],
    ['a long piece twice', 'gravel teapot moon gravel teapot moon'],
  ])('may be %s', (_, password) => {
    expect(rules.problem(password)).toBeNull();
    expect(rules.personalProblem(password, owner)).toBeNull();
  });

  it.each([
    ['14 characters', 'gravel teapot!'],
    ['14 characters that are 28 units of UTF-16', '🦉🧭🪁🫖🪴🧦🛶🪗🦔🧩🪺🫧🪐🧵'],
    ['one character that normalisation makes 18', '\uFDFA'],
    ['14 characters that normalisation makes of 28', 'e\u0301'.repeat(14)],
  ])('may not have %s', (_, password) => {
    expect(rules.problem(password)).toBe('must have at least 15 characters');
  });

  it.each([
    ['is listed', 'polniypizdec0211'],
    ['is listed, in capitals', 'PasswordPassword'],
    ['is listed, in full-width letters', 'ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ'],
    ['is a listed one, repeated', 'dragondragondragon'],
    ['is a listed one, repeated, with signs between', 'Dragon-Dragon-Dragon!'],
    ['is a listed one and digits', 'Password123456789'],
    ['is a listed one between signs', '!!!!sunshine2024!!!!'],
    ['is a listed one, spread out', 'p-a-s-s-w-o-r-d-1'],
  ])('is refused as common when it %s', (_, password) => {
    expect(rules.problem(password)).toContain('tried first');
  });

  it.each([
    ['one character', 'xxxxxxxxxxxxxxxx'],
    ['a few characters', 'xk4xk4xk4xk4xk4xk'],
    ['a piece of seven', 'zq8 vjm'.repeat(4)],
  ])('is refused when it repeats %s', (_, password) => {
    expect(rules.problem(password)).toMatch(/repeats|follows/);
  });

  it.each([
    ['the alphabet', 'abcdefghijklmnop'],
    ['the alphabet backwards', 'zyxwvutsrqponmlk'],
    ['digits', '1234567890123456'],
    ['pairs of digits', '112233445566778899'],
    ['the keyboard’s rows', 'qwertyuiop asdfghjkl'],
    ['the keyboard’s columns', '5tgb6yhn7ujm8ik,'],
    ['letters and digits in turn', 'a1b2c3d4e5f6g7h8'],
    ['digits, after a listed one', 'password12345678901234567890'],
  ])('is refused when it follows %s', (_, password) => {
    expect(rules.problem(password)).toMatch(/follows|tried first/);
  });

  it.each(['caregraph caregraph', 'CareGraph-2026-login', 'caregraph!caregraph?1'])(
    'is refused when it says little besides the name of the service: %s',
    (password) => {
      expect(rules.problem(password)).not.toBeNull();
    },
  );

  it.each(['mei.chen@st-marys.example', 'Okonkwo Mei 1985!!', 'marys-CHEN-okonkwo-7'])(
    'is refused when it says little besides name and address: %s',
    (password) => {
      expect(rules.problem(password)).toBeNull();
      expect(rules.personalProblem(password, owner)).toContain('e-mail address');
    },
  );

  it('may name the person in a phrase of its own', () => {
    expect(rules.personalProblem('Mei walks under yellow kites', owner)).toBeNull();
  });

  it('may be any phrase of four different words', () => {
    const words = dictionary['diceware-common'].filter((word) => word.length >= 4);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...words), { minLength: 4, maxLength: 4 }),
        fc.constantFrom('', ' ', '-'),
        (phrase, separator) => {
          expect(rules.problem(phrase.join(separator))).toBeNull();
        },
      ),
    );
  });

  it('has problems that can be told, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (password) => {
        const problem = rules.personalProblem(password, owner);
        if (problem !== null) expect(problem).not.toContain('undefined');
      }),
    );
  });
});
