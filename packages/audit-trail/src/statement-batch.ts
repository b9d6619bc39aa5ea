import type { ClientBase, Pool } from 'pg';
import { z } from 'zod';

const resultsSchema = z.array(z.object({ rows: z.array(z.unknown()) }));

/**
 * Sends several statements, separated by semicolons and with their values spelled out, in one round trip, and answers
 * the rows of each. What is new to a statement is what was committed before it, not before the first. Where one fails,
 * the transaction that an earlier one began is still open: the connection is to be closed, as a pool's `query` does.
 */
export async function runTogether(
  on: ClientBase | Pool,
  statements: readonly string[],
): Promise<unknown[][]> {
  const results: unknown = await on.query(statements.join(';\n'));
  return resultsSchema.parse(results).map(({ rows }) => rows);
}
