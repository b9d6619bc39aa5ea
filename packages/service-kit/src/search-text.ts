import { fault } from './errors.js';
import { isStorable } from './validation.js';

/** The longest search that is carried out, in characters. */
const longestSearch = 200;

/**
 * What somebody typed into a search box; null when there is nothing to search for, which means everything. Throws
 * `BAD_USER_INPUT` for text that is too long or that no record can hold.
 */
export function parseSearch(search: string | null | undefined): string | null {
  if (search == null || search.trim() === '') return null;
  if (search.length > longestSearch) {
    throw fault('BAD_USER_INPUT', `A search has at most ${longestSearch} characters.`);
  }
  if (!isStorable(search))
    throw fault('BAD_USER_INPUT', 'A search cannot contain NUL or unpaired surrogates.');
  return search;
}
