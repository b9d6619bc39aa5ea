/** A value as JSON has it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The value at a path; undefined where there is none. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (outer, key) =>
      typeof outer === 'object' && outer !== null
        ? (outer as Record<string | number, unknown>)[key]
        : undefined,
    value,
  );
}

/** A copy of `value` that has `replacement` at the path; what is missing on the way there is made. */
export function withValueAt(value: Json, path: readonly (string | number)[], replacement: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return replacement;
  if (typeof key === 'number') {
    const items = Array.isArray(value) ? (value as readonly Json[]) : [];
    return Object.assign([...items], { [key]: withValueAt(items[key] ?? null, rest, replacement) });
  }
  const fields = isObject(value) ? value : {};
  return { ...fields, [key]: withValueAt(fields[key] ?? null, rest, replacement) };
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Splits items into batches of at most `count`, whose JSON has at most about `size` characters. */
export function batchesOf<Item>(items: readonly Item[], count: number, size: number): Item[][] {
  const batches: Item[][] = [];
  let room = 0;
  for (const item of items) {
    const length = JSON.stringify(item).length;
    const last = batches.at(-1);
    if (last === undefined || last.length === count || length > room) {
      batches.push([item]);
      room = size - length;
    } else {
      last.push(item);
      room -= length;
    }
  }
  return batches;
}
