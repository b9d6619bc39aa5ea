/**
 * What a field does with text. `kept` text comes back unchanged, unless it breaks the limit (in code points, as
 * PostgreSQL counts) or cannot be stored, under its own name or `as` another one; `checked` text does so where it is what it ought to be (a phone number);
 * `sought` text finds nothing, because nothing is called that; `given` text is used and shown to nobody (a password,
 * a key, a token); each but the first may be refused by name.
 */
export type TextRule =
  | { readonly kind: 'kept'; readonly limit: number; readonly required: boolean; readonly as?: string }
  | { readonly kind: 'checked' | 'sought' | 'given' };

/** Text that must not be empty; nor may it be blank. */
export const required = (limit: number, { as }: { readonly as?: string } = {}): TextRule => ({
  ...{ kind: 'kept', limit, required: true },
  ...(as !== undefined && { as }),
});
/** Text that may be empty. */
export const optional = (limit: number): TextRule => ({ kind: 'kept', limit, required: false });
export const checked: TextRule = { kind: 'checked' };
export const sought: TextRule = { kind: 'sought' };
export const given: TextRule = { kind: 'given' };

/** Whether a field with this rule must refuse the text; null where the rule leaves that to the service. */
export function mustRefuse(rule: TextRule, text: string): boolean | null {
  if (rule.kind === 'sought') return true;
  if (rule.kind !== 'kept') return null;
  return (
    text.includes('\0') ||
    !text.isWellFormed() ||
    Array.from(text).length > rule.limit ||
    (rule.required && text.trim() === '')
  );
}

/** Whether an id of a record could be written so; such text is no hostile id. */
export function isPossibleId(text: string): boolean {
  return /^[1-9]\d*$/.test(text);
}
