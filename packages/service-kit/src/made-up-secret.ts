/** Words of examples, and what people type where they should have used a generator; long enough not to occur by chance. */
const exampleWords =
  /change.?me|secret|passw[o0]rd|example|caregraph|default|placeholder|replace.?me|letmein|qwerty|123456/i;
/** Names that are a whole password of many a fresh installation. */
const exampleWholes = /^(postgres|admin|root|test|dev|owner|runtime|service|demo)$/i;
/** Fewer different characters than this are in no random secret of sixteen characters or more. */
const fewestCharacters = 5;

/** Whether a secret is an example from a document, or was made up by a person rather than by a random generator. */
export function isMadeUp(secret: string): boolean {
  return (
    exampleWords.test(secret) ||
    exampleWholes.test(secret) ||
    // One unit again and again: one character, "0123456789abcdef" twice.
    /^(.+?)\1+$/s.test(secret) ||
    new Set(secret).size < fewestCharacters
  );
}
