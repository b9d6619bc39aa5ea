import { inTransaction, openDatabasePool, withConnection } from '@caregraph/service-kit/database-pool';
import type { Pool } from 'pg';
import { expect, it } from 'vitest';
import { openBreakableProxy } from '../../../test/breakable-proxy.js';
import { sharedDatabase } from '../../../test/cluster.js';

const { databaseUrl } = sharedDatabase('users');

const applicationName = 'database-pool test';
/** Which of the two it is, is up to the operating system. */
const breakage = /Connection terminated unexpectedly|ECONNRESET/;

/** A pool of one connection, so that what one use of it leaves behind the next one meets. */
function openPool(url = databaseUrl): Pool {
  return openDatabasePool({ url, applicationName, max: 1 });
}

function readOne(pool: Pool): Promise<number | undefined> {
  return inTransaction(pool, 'BEGIN', async (client) => {
    const { rows } = await client.query<{ one: number }>('SELECT 1 AS one');
    return rows[0]?.one;
  });
}

it('survives a connection that breaks in the middle of a statement of a transaction', async () => {
  await using proxy = await openBreakableProxy(databaseUrl);
  const pool = openPool(proxy.url);
  const broken = inTransaction(pool, 'BEGIN', async (client) => {
    const waiting = client.query('SELECT pg_sleep(60)');
    proxy.cut();
    await waiting;
  });
  await expect(broken).rejects.toThrow(breakage);
  expect(await readOne(pool)).toBe(1);
  await pool.end();
});

it('survives a connection that breaks between two statements of a transaction', async () => {
  await using proxy = await openBreakableProxy(databaseUrl);
  const pool = openPool(proxy.url);
  const broken = withConnection(pool, async (client, breakDown) => {
    await client.query('BEGIN');
    proxy.cut();
    await expect(breakDown).rejects.toThrow(breakage);
    await client.query('SELECT 1');
  });
  await expect(broken).rejects.toThrow('not queryable');
  expect(await readOne(pool)).toBe(1);
  await pool.end();
});

it('leaves nothing of a transaction whose work fails, and keeps the connection of one that succeeds', async () => {
  const pool = openPool();
  const readPid = (): Promise<number | undefined> =>
    inTransaction(pool, 'BEGIN READ ONLY', async (client) => {
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      return rows[0]?.pid;
    });
  const first = await readPid();
  expect(await readPid()).toBe(first);
  const failing = inTransaction(pool, 'BEGIN', async (client) => {
    await client.query("SET SESSION application_name = 'left behind'");
    throw new Error('The work fails.');
  });
  await expect(failing).rejects.toThrow('The work fails.');
  const { rows } = await pool.query("SELECT current_setting('application_name') AS name");
  expect(rows).toEqual([{ name: applicationName }]);
  expect(await readPid()).not.toBe(first);
  await pool.end();
});
