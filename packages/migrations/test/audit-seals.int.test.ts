import { describe, expect, test } from 'vitest';
import { createScratchDatabase } from '../../../test/cluster.js';
import { services } from '../src/index.js';
import { connect, failureOf, type Connection } from './connect.js';

const CHECK_VIOLATION = '23514';

const whole = "sha256('digest'), sha256('chain')";

/** Adds seals, and tells how many there are. */
async function seal(connection: Connection, ...values: readonly string[]): Promise<number> {
  await connection.query(`INSERT INTO audit_seals VALUES ${values.join(', ')}`);
  const [row] = await connection.query<{ count: number }>(
    'SELECT count(*)::integer AS count FROM audit_seals',
  );
  return row?.count ?? 0;
}

describe.each(services)('the seals of %s', (service) => {
  test('continue the sequence, for entries that are there, whole, or are refused', async () => {
    await using database = await createScratchDatabase(service);
    await using connection = await connect(database.databaseUrl);
    await connection.query(
      `INSERT INTO audit_entries (action, outcome, actor_kind)
       SELECT 'read', 'success', 'anonymous' FROM generate_series(1, 9)`,
    );
    await connection.query('BEGIN');
    const refused = async (constraint: string, ...values: readonly string[]): Promise<void> => {
      const statement = `INSERT INTO audit_seals VALUES ${values.join(', ')}`;
      expect(await failureOf(connection, statement), statement).toMatchObject({
        code: CHECK_VIOLATION,
        constraint,
      });
    };
    await refused('', `(2, 1, ${whole})`);
    expect(await seal(connection, `(1, 1, ${whole})`, `(2, 2, ${whole})`)).toBe(2);
    expect(await seal(connection, `(4, 4, ${whole})`, `(3, 3, ${whole})`)).toBe(4);
    await refused('', `(6, 5, ${whole})`);
    await refused('', `(5, 5, ${whole})`, `(7, 6, ${whole})`);
    await refused('', `(9007199254740991, 5, ${whole})`);
    await refused('audit_seals_sequence_countable', `(9223372036854775807, 5, ${whole})`);
    await refused('', `(5, 10, ${whole})`);
    await refused('', `(5, 5, ${whole})`, `(6, 10, ${whole})`);
    await refused('audit_seals_digest_whole', String.raw`(5, 5, '\x00', sha256('chain'))`);
    await refused('audit_seals_chain_whole', String.raw`(5, 5, sha256('digest'), '\x00')`);
    expect(await seal(connection, `(5, 5, ${whole})`)).toBe(5);
  });
});

test('are checked under whatever search path, also where changes are replayed', async () => {
  await using database = await createScratchDatabase('users');
  await using superuser = await connect(database.superuserUrl);
  await superuser.query(`SET search_path = ''; SET session_replication_role = replica; BEGIN`);
  expect(await failureOf(superuser, `INSERT INTO public.audit_seals VALUES (2, 1, ${whole})`)).toMatchObject({
    code: CHECK_VIOLATION,
  });
});
