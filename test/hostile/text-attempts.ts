import { withValueAt, type Json } from './values.js';
import { isPossibleId, mustRefuse, type TextRule } from './text-rules.js';

/** A mutation that takes text, and what each of its text fields does with it, by its place in the input. */
export interface TextMutation {
  readonly name: string;
  readonly rules: Readonly<Record<string, TextRule>>;
  /** An input that breaks no rule, each time a new one. */
  readonly input: () => Json;
}

/** One input with hostile text in some of its fields, and what must become of it. */
export interface TextAttempt {
  readonly text: string;
  readonly input: Json;
  /** The fields that hold the text. */
  readonly fields: readonly string[];
  /** The fields that must be refused, and no other: none of them means success. Null leaves it to the service. */
  readonly refused: readonly string[] | null;
  /** Whether the text, where it is accepted, comes back in the fields of the same names. */
  readonly comesBack: boolean;
}

/** The path of a field within an input that is written as `address.city` or `days.0.startTime`. */
export function pathOf(field: string): (string | number)[] {
  return field.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}

/**
 * Every text in every field: in all fields at once that keep it, once more without those that must refuse it, and in
 * each of the other fields by itself.
 */
export function textAttempts(mutation: TextMutation, texts: readonly string[]): TextAttempt[] {
  const rules = Object.entries(mutation.rules);
  const kept = rules.filter(([, { kind }]) => kind === 'kept');
  const others = rules.filter(([, { kind }]) => kind !== 'kept');
  const attempt = (
    text: string,
    fields: readonly string[],
    refused: TextAttempt['refused'],
    comesBack = true,
  ): TextAttempt => ({
    text,
    fields,
    refused,
    comesBack,
    input: fields.reduce<Json>((input, field) => withValueAt(input, pathOf(field), text), mutation.input()),
  });
  return texts.flatMap((text) => {
    const fields = kept.map(([field]) => field);
    const refused = kept.filter(([, rule]) => mustRefuse(rule, text) === true).map(([field]) => field);
    const accepted = fields.filter((field) => !refused.includes(field));
    return [
      ...(fields.length === 0 ? [] : [attempt(text, fields, refused)]),
      ...(refused.length === 0 || accepted.length === 0 ? [] : [attempt(text, accepted, [])]),
      ...others
        .filter(([, { kind }]) => kind !== 'sought' || !isPossibleId(text))
        .map(([field, rule]) =>
          attempt(text, [field], mustRefuse(rule, text) === true ? [field] : null, rule.kind === 'checked'),
        ),
    ];
  });
}

/** The fields that are tried, for example `createPatient.address.city`. */
export function fieldsOf(mutations: readonly TextMutation[]): string[] {
  return mutations.flatMap(({ name, rules }) => Object.keys(rules).map((field) => `${name}.${field}`)).sort();
}
