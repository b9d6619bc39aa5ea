import { foldPassword, isSequence, repeatedUnit } from './password-patterns.js';

/** Why a password is easy to guess. */
export type Weakness = 'common' | 'repetition' | 'sequence' | 'personal';

/** The passwords that are tried first. */
export interface PasswordBlocklist {
  /**
   * Why a password would be guessed early, or null: it is listed, or is made of little more than a listed one, of few
   * characters that repeat, of a sequence, or of `words`, which those who know the account would try.
   */
  weaknessOf(password: string, words: readonly string[]): Weakness | null;
}

/** Fewer characters than this, beside a listed password or a personal word, do not make up for it. */
const enoughBesides = 10;
/** A shorter piece does not get better by being repeated. */
const shortestUnit = 8;

/**
 * NIST SP 800-63B-4, section 3.1.1.2: new passwords are held against a list of commonly used and expected ones. The
 * list is that of zxcvbn-ts, some fifty thousand of leaked passwords, most of them shorter than ours may be; what
 * people make of those to reach a length is what this adds.
 */
export async function loadPasswordBlocklist(): Promise<PasswordBlocklist> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  const listed = new Set(dictionary['passwords-common']);

  function weaknessOfText(text: string): Weakness | null {
    const unit = repeatedUnit(text);
    if (listed.has(text) || listed.has(unit)) return 'common';
    if (unit !== text && unit.length < shortestUnit) return 'repetition';
    if (isSequence(text)) return 'sequence';
    if (unit !== text) return weaknessOfText(unit);
    return isDecorated(text) ? 'common' : null;
  }

  /** Whether a text is a listed password, perhaps repeated, with little or nothing of its own around and within. */
  function isDecorated(text: string): boolean {
    const cores = [
      text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''),
      text.replace(/^\P{L}+|\P{L}+$/gu, ''),
      text.replace(/[^\p{L}\p{N}]+/gu, ''),
      text.replace(/\P{L}+/gu, ''),
    ];
    return cores.some(
      (core) =>
        core.length > 0 &&
        (listed.has(core) || listed.has(repeatedUnit(core))) &&
        isPoor(besides(text, core)),
    );
  }

  return {
    weaknessOf(password, words) {
      const text = foldPassword(password);
      const weakness = weaknessOfText(text);
      if (weakness !== null) return weakness;
      const rest = without(text, words.map(foldPassword));
      if (rest === text) return null;
      const own = rest.replace(/[^\p{L}\p{N}]+/gu, '');
      return isPoor(own) || weaknessOfText(rest) !== null ? 'personal' : null;
    },
  };
}

/** Whether what stands beside a word adds little: a character that repeats counts once. */
function isPoor(rest: string): boolean {
  const squeezed = rest.replace(/(.)\1+/gu, '$1');
  return squeezed.length < enoughBesides || isSequence(rest) || repeatedUnit(rest).length < shortestUnit;
}

/** The characters of a text that remain when those of its core are taken away, in their order. */
function besides(text: string, core: string): string {
  let taken = 0;
  return Array.from(text)
    .filter((character) => {
      const isCore = core.startsWith(character, taken);
      if (isCore) taken += character.length;
      return !isCore;
    })
    .join('');
}

/** A text without words, the longest first; words of one or two characters are in too many others. */
function without(text: string, words: readonly string[]): string {
  return [...words]
    .filter((word) => word.length > 2)
    .sort((one, other) => other.length - one.length)
    .reduce((rest, word) => rest.replaceAll(word, ''), text);
}
