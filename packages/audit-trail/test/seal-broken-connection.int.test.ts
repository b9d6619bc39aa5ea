import { openDatabasePool } from '@caregraph/service-kit/database-pool';
import { expect, it } from 'vitest';
import { openBreakableProxy } from '../../../test/breakable-proxy.js';
import { holdLock } from '../../../test/held-lock.js';
import { trailTables } from '../src/chain.js';
import { sealEntries } from '../src/seal-entries.js';
import { createSealSearch } from '../src/seal-search.js';
import { createScratchTrail } from './seal-fixtures.js';

it.each(['sealing', 'searching'])('survives a connection that breaks while it is %s', async (activity) => {
  await using trail = await createScratchTrail();
  await trail.record(1, 2);
  await using proxy = await openBreakableProxy(trail.database.databaseUrl);
  const pool = openDatabasePool({ url: proxy.url, applicationName: 'seal test', max: 1 });
  const tables = trailTables('public');
  const search = createSealSearch(pool, tables);
  const run = (): Promise<unknown> =>
    activity === 'sealing' ? sealEntries(pool, tables, ['1', '2']) : search.look();
  // Whoever holds the lock sees only connections that were there before.
  await pool.query('SELECT 1');
  await using lock = await holdLock(trail.database.superuserUrl, 'LOCK TABLE audit_seals', []);
  const broken = run();
  await lock.isWaitedForBefore(broken);
  proxy.cut();
  await expect(broken).rejects.toThrow(/Connection terminated unexpectedly|ECONNRESET/);
  await lock.commit();
  // Another connection: the server may take a while to find out that the first one is gone, and end what it holds.
  await expect
    .poll(run)
    .toMatchObject(activity === 'sealing' ? { kind: 'sealed', first: 1 } : { ids: ['1', '2'] });
  await pool.end();
});
