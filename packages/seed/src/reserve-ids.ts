import { escapeIdentifier, type Client } from 'pg';

/**
 * Takes the next `count` ids of a table out of its sequence, for rows that are written later with ids of their
 * own; what others insert meanwhile gets ids after these. Returns the first one.
 */
export async function reserveIds(client: Client, table: string, count: number): Promise<number> {
  const name = escapeIdentifier(table);
  await client.query('BEGIN');
  try {
    // An insert takes its id while it holds the table's lock: nobody does so between the two statements.
    await client.query(`LOCK TABLE ${name} IN SHARE ROW EXCLUSIVE MODE`);
    const { rows } = await client.query<{ first: number }>(
      `SELECT greatest(nextval(pg_get_serial_sequence($1, 'id')), (SELECT max(id) + 1 FROM ${name}))::integer AS first`,
      [table],
    );
    const first = rows[0]?.first ?? 1;
    await client.query(`SELECT setval(pg_get_serial_sequence($1, 'id'), $2)`, [
      table,
      first + Math.max(count, 1) - 1,
    ]);
    await client.query('COMMIT');
    return first;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
