import { z } from 'zod';
import { fault } from './errors.js';

/** The largest page that a connection gives. */
const maximumPageSize = 100;
/** Up to how many rows a connection counts; beyond, `totalCount` is null because counting would cost too much. */
export const countLimit = 10_000;

/** The arguments of a connection, as GraphQL hands them over. */
export interface ConnectionArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** A page to fetch: so many rows, after the row with this sort key (null: from the beginning). */
export interface PageRequest<Key> {
  readonly first: number;
  readonly after: Key | null;
}

/** A Relay connection over rows that have been fetched. */
export interface Connection<Node> {
  readonly edges: readonly { readonly node: Node; readonly cursor: string }[];
  readonly pageInfo: {
    readonly startCursor: string | null;
    readonly endCursor: string | null;
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
  };
  readonly totalCount: () => Promise<number | null>;
}

/**
 * Checks `first` (1 to 100, 20 when absent) and opens the cursor with `keySchema`, the shape of the list's sort
 * key. Throws `BAD_USER_INPUT` for a page size out of range and for a cursor that this list did not give out.
 */
export function parsePage<Key>(
  { first, after }: ConnectionArguments,
  keySchema: z.ZodType<Key>,
): PageRequest<Key> {
  const size = first ?? 20;
  if (size < 1 || size > maximumPageSize) {
    throw fault('BAD_USER_INPUT', `"first" must be between 1 and ${maximumPageSize}.`);
  }
  return { first: size, after: after == null ? null : openCursor(after, keySchema) };
}

/**
 * Makes a connection of `rows`, which were fetched with one row more than `page.first`, so that whether a next
 * page exists needs no second query. `keyOf` gives a row's sort key for its cursor.
 */
export function toConnection<Row, Key, Node = Row>(
  rows: readonly Row[],
  page: PageRequest<Key>,
  keyOf: (row: Row) => Key,
  count: () => Promise<number | null>,
  nodeOf: (row: Row) => Node,
): Connection<Node> {
  const edges = rows
    .slice(0, page.first)
    .map((row) => ({ node: nodeOf(row), cursor: encodeCursor(keyOf(row)) }));
  return {
    edges,
    pageInfo: {
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
      hasNextPage: rows.length > page.first,
      hasPreviousPage: page.after !== null,
    },
    totalCount: count,
  };
}

function encodeCursor(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function openCursor<Key>(cursor: string, keySchema: z.ZodType<Key>): Key {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    content = undefined;
  }
  const key = keySchema.safeParse(content);
  if (!key.success) throw fault('BAD_USER_INPUT', '"after" is not a cursor of this list.');
  return key.data;
}
