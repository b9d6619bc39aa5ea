import { fault } from './errors.js';
import { isStorable } from './validation.js';

/** The longest search that is carried out, in characters. */
const longestSearch = 200;
/** How many words it may have: each is looked up by itself, and a letter is the beginning of half the index. */
const mostWords = 24;

/**
 * What somebody typed into a search box; null when there is nothing to search for, which means everything. Throws
 * `BAD_USER_INPUT` for text that is too long, has too many words, or that no record can hold.
 */
export function parseSearch(search: string | null | undefined): string | null {
  if (search == null || search.trim() === '') return null;
  if (search.length > longestSearch) {
    throw fault('BAD_USER_INPUT', `A search has at most ${longestSearch} characters.`);
  }
  if (!isStorable(search))
    throw fault('BAD_USER_INPUT', 'A search cannot contain NUL or unpaired surrogates.');
  if (countWords(search) > mostWords) {
    throw fault('BAD_USER_INPUT', `A search has at most ${mostWords} words.`);
  }
  return search;
}

/**
 * How many words the database will see, whose `search_text` takes compatibility characters apart, some of which are
 * whole phrases, strips accents, and parts words at whatever else is no letter or digit.
 */
function countWords(search: string): number {
  const written = search.normalize('NFKC').replace(/[\u0300-\u036f]/g, '');
  return written.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
}
