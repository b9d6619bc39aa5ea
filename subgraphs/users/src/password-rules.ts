import { characterCount } from '@caregraph/service-kit';
import { loadPasswordBlocklist, type Weakness } from './password-blocklist.js';

/** What of an account others know, and would try first. */
export interface PasswordOwner {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** The rules for new passwords. A problem is the end of a sentence that begins with what was given. */
export interface PasswordRules {
  /** What is wrong with a password, whoever takes it; null when nothing is. */
  problem(password: string): string | null;
  /** What is wrong with a password for one person, beside that; null when nothing is. */
  personalProblem(password: string, owner: PasswordOwner): string | null;
}

const advice = 'use several words that do not belong together';
const explanations: Readonly<Record<Weakness, string>> = {
  common: `is one of the passwords that are tried first, or little more than one; ${advice}`,
  repetition: `repeats a few characters; ${advice}`,
  sequence: `follows the keyboard, the alphabet or the digits; ${advice}`,
  personal: `says little besides the name of the person or of this service, or the e-mail address; ${advice}`,
};

/**
 * NIST SP 800-63B-4, section 3.1.1.2: length, and that nobody would guess it at once; nothing is asked about kinds of
 * characters, blanks included. Counted are code points, before and after normalisation, where one may become several.
 */
export async function createPasswordRules(minimumLength: number): Promise<PasswordRules> {
  const blocklist = await loadPasswordBlocklist();
  const explain = (password: string, words: readonly string[]): string | null => {
    const weakness = blocklist.weaknessOf(password, words);
    return weakness === null ? null : explanations[weakness];
  };
  return {
    problem(password) {
      const length = Math.min(characterCount(password), characterCount(password.normalize('NFKC')));
      if (length < minimumLength) return `must have at least ${minimumLength} characters`;
      return explain(password, [serviceName]);
    },
    personalProblem: (password, { email, firstName, lastName }) =>
      explain(password, [serviceName, email, ...wordsOf(email), ...wordsOf(`${firstName} ${lastName}`)]),
  };
}

const serviceName = 'caregraph';

function wordsOf(text: string): string[] {
  return text.split(/[^\p{L}\p{N}]+/u);
}
