import { z } from 'zod';

/** One rule of an input that was broken, in the shape of the services' `userErrors`. */
export interface InputProblem {
  readonly code: 'INVALID_INPUT';
  readonly message: string;
  readonly field: string[];
}

/** An input that keeps all rules, or the rules that it breaks. */
export type Validated<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problems: InputProblem[] };

/** Holds an input against its schema; every broken rule is reported, with the path of its value in the input. */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): Validated<z.output<Schema>> {
  const result = schema.safeParse(input);
  if (result.success) return { ok: true, value: result.data };
  return {
    ok: false,
    problems: result.error.issues.map((issue) => ({
      code: 'INVALID_INPUT',
      message: issue.message,
      field: issue.path.map(String),
    })),
  };
}

/** Whether PostgreSQL keeps a text as it is: it refuses NUL, and turns lone surrogates into U+FFFD. */
export function isStorable(value: string): boolean {
  return !value.includes('\0') && value.isWellFormed();
}

/** How many characters PostgreSQL counts: code points, not the halves of surrogate pairs. */
export function characterCount(value: string): number {
  return Array.from(value).length;
}

/** Free text of at most `limit` characters; neither trimmed nor changed. */
export function text(limit: number) {
  return z
    .string()
    .refine(isStorable, 'must not contain NUL or unpaired surrogates')
    .refine(
      (value) => value.length <= limit || characterCount(value) <= limit,
      `must have at most ${limit} characters`,
    );
}

/** Text as `text` has it, with at least one character that is not white space. */
export function requiredText(limit: number) {
  return text(limit).refine((value) => value.trim() !== '', 'must not be empty');
}

/** An e-mail address of at most 255 characters, as the HTML standard's input of type `email` takes it. */
export const emailAddress = text(255).refine(
  (value) => z.email({ pattern: z.regexes.html5Email }).safeParse(value).success && value.includes('.'),
  'must be an e-mail address',
);

/** A phone number of at most 20 characters: 5 to 15 digits (ITU-T E.164) with the usual separators and extension. */
export const phoneNumber = text(20).refine((value) => {
  const digits = value.replace(/\D/g, '').length;
  return /^\+?[\d\s().\-/]+((x|ext\.?)\s*\d+)?$/i.test(value) && digits >= 5 && digits <= 15;
}, 'must be a phone number');
