import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { trailTables } from '../src/chain.js';
import { createSealSearch } from '../src/seal-search.js';
import { createScratchTrail, type ScratchTrail } from './seal-fixtures.js';

interface Seal {
  sequence: string;
  entry_id: string;
}

const seals = (trail: ScratchTrail): Promise<Seal[]> =>
  trail.rows<Seal>('SELECT sequence, entry_id FROM audit_seals ORDER BY sequence');

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
  for (let looks = 0; looks < 5; looks += 1) expect((await search.look()).ids).toEqual([]);
  await late.query('COMMIT');
  late.release();
  expect((await search.look()).ids).toEqual(['1']);
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
  for (let looks = 0; looks < 5; looks += 1) await search.look();
  // Only a superuser can take such an id later; the search no longer expects it.
  await trail.tamper(
    `INSERT INTO audit_entries (id, source, action, outcome, actor_kind) OVERRIDING SYSTEM VALUE
    VALUES (2, 'service', 'read', 'success', 'user')`,
  );
  expect((await search.look()).ids).toEqual([]);
  await trail.record(3);
  expect((await search.look()).ids).toEqual(['4']);
});
