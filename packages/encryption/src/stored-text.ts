import { DecryptionError, type Place } from './encrypted-text.js';
import type { FieldCipher } from './field-cipher.js';

/**
 * A text as it is stored, and where: what a record has in place of the text itself, so that nothing is decrypted but
 * what somebody asks for who may read it.
 */
export interface StoredText {
  readonly stored: string;
  readonly place: Place;
}

/** What stands in a column; null where nothing does. */
export function storedText(stored: string | null, place: Place): StoredText | null {
  return stored === null ? null : { stored, place };
}

/** The text again, null where there is none. Fails as `FieldCipher.decrypt` does. */
export function readText(
  cipher: Pick<FieldCipher, 'decrypt'>,
  text: StoredText | null,
): string | null | Promise<string> {
  return text === null ? null : cipher.decrypt(text.stored, text.place);
}

/**
 * What to store in a column, where undefined leaves it as it is and null clears it. A text that is there already stays
 * as it is, so that it does not look changed; one in clear, or one that does not decrypt, gives way.
 */
export async function textToStore(
  cipher: FieldCipher,
  text: string | null | undefined,
  place: Place,
  present: string | null,
): Promise<string | null | undefined> {
  if (text === null || text === undefined) return text;
  return present !== null && (await isUnchanged(cipher, text, place, present))
    ? undefined
    : cipher.encrypt(text, place);
}

async function isUnchanged(
  cipher: FieldCipher,
  text: string,
  place: Place,
  present: string,
): Promise<boolean> {
  if (present === text) return false;
  try {
    return (await cipher.decrypt(present, place)) === text;
  } catch (error) {
    if (error instanceof DecryptionError) return false;
    throw error;
  }
}
