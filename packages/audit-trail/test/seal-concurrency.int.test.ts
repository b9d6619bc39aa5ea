import { expect, it } from 'vitest';
import { trailTables } from '../src/chain.js';
import { sealEntries } from '../src/seal-entries.js';
import { createScratchTrail } from './seal-fixtures.js';
import { verify } from './verify-fixtures.js';

it('keeps a trail whole that many write, out of order, while two processes seal it', async () => {
  await using trail = await createScratchTrail();
  const sealers = [trail.startSealer(5), trail.startSealer(5)];
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let id = 1; id <= 10; id += 1) {
      const early = await trail.pool.connect();
      await early.query('BEGIN');
      await early.query(
        `INSERT INTO users (email, password_hash, first_name, last_name, role)
        VALUES ('${writer}-${id}@example.com', 'none', 'First', 'Last', 'doctor')`,
      );
      await trail.record(id);
      await early.query(id % 3 === 0 ? 'ROLLBACK' : 'COMMIT');
      early.release();
    }
  });
  await Promise.all(writers);
  for (const sealer of sealers) await sealer.close();
  const report = await verify(trail);
  expect(report.findings).toEqual([]);
  expect(report).toMatchObject({ entries: 68, sealed: 68, covered: 68 });
});

it('covers later what a process sealed that ended before its checkpoint', async () => {
  await using trail = await createScratchTrail();
  await trail.record(1, 2);
  await trail.seal();
  await trail.record(3, 4);
  await sealEntries(trail.pool, trailTables('public'), ['3', '4']);
  expect(await verify(trail)).toMatchObject({ sealed: 4, covered: 2, findings: [] });
  await trail.seal();
  expect(await verify(trail)).toMatchObject({ sealed: 4, covered: 4, findings: [] });
});

it('leaves sealing to whoever is at it already', async () => {
  await using trail = await createScratchTrail();
  await trail.record(1);
  const other = await trail.pool.connect();
  await other.query('BEGIN');
  await other.query("SELECT pg_advisory_xact_lock(7246538, hashtext('public'))");
  expect(await sealEntries(trail.pool, trailTables('public'), ['1'])).toMatchObject({ kind: 'busy' });
  await other.query('COMMIT');
  other.release();
  expect(await sealEntries(trail.pool, trailTables('public'), ['1'])).toMatchObject({
    kind: 'sealed',
    first: 1,
  });
});
