import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { trailTables } from '../src/chain.js';
import { createSealSearch, type SealSearch } from '../src/seal-search.js';
import { createScratchTrail, type ScratchTrail } from './seal-fixtures.js';

interface Seal {
  sequence: string;
  entry_id: string;
}

const seals = (trail: ScratchTrail): Promise<Seal[]> =>
  trail.rows<Seal>('SELECT sequence, entry_id FROM audit_seals ORDER BY sequence');

/** All that a search finds, ahead and behind. */
async function found(search: SealSearch): Promise<string[]> {
  return [...(await search.look()).ids, ...(await search.lookBack()).ids];
}

async function checkpointLines(trail: ScratchTrail): Promise<string[]> {
  const files = (await readdir(trail.checkpoints)).filter((name) => name.endsWith('.jsonl')).sort();
  const texts = await Promise.all(files.map((name) => readFile(path.join(trail.checkpoints, name), 'utf8')));
  return texts.flatMap((text) => text.trimEnd().split('\n'));
}

it('seals the entries of the service and of triggers in the order of their ids', async () => {
  await using trail = await createScratchTrail();
  await trail.record(1, 2, 3);
  await trail.change();
  await trail.seal();
  expect((await seals(trail)).map(({ sequence, entry_id: id }) => [sequence, id])).toEqual([
    ['1', '1'],
    ['2', '2'],
    ['3', '3'],
    ['4', '4'],
  ]);
  expect(await checkpointLines(trail)).toEqual([expect.stringContaining('"from":1,"to":4')]);
});

it('seals an entry that is committed after one with a higher id, behind that one', async () => {
  await using trail = await createScratchTrail();
  const search = createSealSearch(trail.pool, trailTables('public'));
  const late = await trail.pool.connect();
  await late.query('BEGIN');
  await late.query(
    `INSERT INTO users (email, password_hash, first_name, last_name, role)
    VALUES ('late@example.com', 'none', 'First', 'Last', 'doctor')`,
  );
  await trail.record(1, 2);
  await trail.seal();
  // As often as it may look while the transaction is open: its id is never taken for one that nobody has.
  for (let looks = 0; looks < 5; looks += 1) expect(await found(search)).toEqual([]);
  await late.query('COMMIT');
  late.release();
  expect(await found(search)).toEqual(['1']);
  await trail.seal();
  expect((await seals(trail)).map(({ entry_id: id }) => id)).toEqual(['2', '3', '1']);
});

it('stops looking for ids whose transactions have been rolled back', async () => {
  await using trail = await createScratchTrail();
  const search = createSealSearch(trail.pool, trailTables('public'));
  await trail.record(1);
  await trail.pool
    .query("INSERT INTO audit_entries (action, outcome, actor_kind) VALUES ('read', NULL, 'user')")
    .catch(() => undefined);
  await trail.record(2);
  await trail.seal();
  for (let looks = 0; looks < 5; looks += 1) await found(search);
  // Only a superuser can take such an id later; the search no longer expects it.
  await trail.tamper(
    `INSERT INTO audit_entries (id, source, action, outcome, actor_kind) OVERRIDING SYSTEM VALUE
    VALUES (2, 'service', 'read', 'success', 'user')`,
  );
  expect(await found(search)).toEqual([]);
  await trail.record(3);
  expect(await found(search)).toEqual(['4']);
});

it('seals what is new first, and finds what is old without a seal slice by slice', async () => {
  await using trail = await createScratchTrail();
  await trail.record(1, 2, 3, 4, 5, 6, 7);
  await trail.seal();
  await trail.tamper('DELETE FROM audit_seals WHERE entry_id = 2');
  const search = createSealSearch(trail.pool, trailTables('public'), 2);
  await trail.record(8);
  expect(await search.look()).toMatchObject({ ids: ['8'], hasMore: false });
  expect(await search.lookBack()).toMatchObject({ ids: [], hasMore: true });
  await trail.record(9);
  expect((await search.look()).ids).toEqual(['8', '9']);
  expect(await search.lookBack()).toMatchObject({ ids: [], hasMore: true });
  expect((await search.lookBack()).ids).toEqual(['2']);
});

it('ends in the middle of a long trail with what is new sealed, and seals what is old in the end', async () => {
  await using trail = await createScratchTrail();
  await trail.tamper(
    `INSERT INTO audit_entries (action, outcome, actor_kind)
    SELECT 'read', 'success', 'user' FROM generate_series(1, 12000)`,
    `INSERT INTO audit_seals SELECT id - 1, id, sha256('digest'), sha256('chain') FROM audit_entries WHERE id > 1`,
  );
  await trail.record(1);
  await trail.seal();
  const newest = 'SELECT sequence, entry_id FROM audit_seals WHERE sequence > 11999 ORDER BY sequence';
  expect(await trail.rows<Seal>(newest)).toEqual([{ sequence: '12000', entry_id: '12001' }]);
  const sealer = trail.startSealer(1);
  await expect.poll(() => trail.rows<Seal>(newest)).toContainEqual({ sequence: '12001', entry_id: '1' });
  await sealer.close();
});
