import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parsePage, toConnection, type Connection, type PageRequest } from './pagination.js';

const keySchema = z.tuple([z.string(), z.int()]);
type Key = z.output<typeof keySchema>;

/** A list in memory that pages as the repositories do: by key, one row more than asked. */
function fetch(rows: readonly Key[], { first, after }: PageRequest<Key>): Key[] {
  const from = after === null ? 0 : rows.findIndex(([name, id]) => name === after[0] && id === after[1]) + 1;
  return rows.slice(from, from + first + 1);
}

function pageOf(rows: readonly Key[], page: PageRequest<Key>): Connection<Key> {
  return toConnection(
    fetch(rows, page),
    page,
    (row) => row,
    () => Promise.resolve(rows.length),
    (row) => row,
  );
}

describe('a connection', () => {
  it('visits every row once, in order, whatever the size of the pages', () => {
    const rowsOf = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 50 });
    fc.assert(
      fc.property(rowsOf, fc.integer({ min: 1, max: 20 }), (names, first) => {
        const rows = names.map((name, id): Key => [name, id]);
        const visited: Key[] = [];
        let after: string | null = null;
        for (;;) {
          const page = pageOf(rows, parsePage({ first, after }, keySchema));
          visited.push(...page.edges.map(({ node }) => node));
          after = page.pageInfo.endCursor;
          if (!page.pageInfo.hasNextPage) break;
        }
        expect(visited).toEqual(rows);
      }),
    );
  });

  it('is empty without rows', () => {
    const { edges, pageInfo } = pageOf([], parsePage({}, keySchema));
    expect(edges).toEqual([]);
    expect(pageInfo).toEqual({
      startCursor: null,
      endCursor: null,
      hasNextPage: false,
      hasPreviousPage: false,
    });
  });

  it('holds twenty rows unless told otherwise', () => {
    expect(parsePage({ first: null }, keySchema)).toEqual({ first: 20, after: null });
  });

  it.each([0, -1, 101, 2_147_483_647])('refuses a page of %d', (first) => {
    expect(() => parsePage({ first }, keySchema)).toThrow(/between 1 and 100/);
  });

  it.each(['', 'garbage', 'bnVsbA', 'W10', Buffer.from('["a","b"]').toString('base64url')])(
    'refuses %j, which is no cursor of the list',
    (after) => {
      expect(() => parsePage({ after }, keySchema)).toThrow(/not a cursor/);
    },
  );
});
