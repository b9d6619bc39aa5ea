/** The largest value of PostgreSQL's `integer`, in which the spec keeps ids. */
const largestInteger = 2_147_483_647;

/**
 * The database's id behind an opaque one, or null where there can be none: `"abc"`, `"-1"`, `"007"` and numbers
 * that PostgreSQL's `integer` cannot hold find nothing, and are no error.
 */
export function parseId(id: string): number | null {
  if (!/^[1-9]\d{0,9}$/.test(id)) return null;
  const value = Number(id);
  return value <= largestInteger ? value : null;
}
