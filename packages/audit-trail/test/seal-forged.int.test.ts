import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createScratchTrail, type ScratchTrail } from './seal-fixtures.js';
import { verify } from './verify-fixtures.js';

/** A superuser's seal, which no trigger and no constraint stops. */
function forgeSeal(trail: ScratchTrail, values: string): Promise<void> {
  return trail.tamper(
    'ALTER TABLE audit_seals DROP CONSTRAINT audit_seals_sequence_countable, ' +
      'DROP CONSTRAINT audit_seals_digest_whole, DROP CONSTRAINT audit_seals_chain_whole',
    `INSERT INTO audit_seals VALUES (${values})`,
  );
}

it('names a seal beyond all that is counted, and ends', async () => {
  await using trail = await createScratchTrail();
  await trail.record(1, 2, 3);
  await trail.seal();
  await forgeSeal(trail, "9223372036854775807, 1000, sha256('digest'), sha256('chain')");
  expect((await verify(trail)).findings[0]).toMatchObject({
    kind: 'seal-altered',
    entryId: '1000',
    detail: expect.stringContaining('nothing counts so far') as string,
  });
});

it.each([
  ['digest', String.raw`'\x00', sha256('chain')`],
  ['chain', String.raw`sha256('digest'), '\x00'`],
])('names a seal whose %s is of another length, and covers what comes after it', async (_, values) => {
  await using trail = await createScratchTrail();
  await trail.record(1, 2, 3);
  await trail.seal();
  await forgeSeal(trail, `4, 1000, ${values}`);
  await trail.record(4, 5);
  await trail.seal();
  const report = await verify(trail);
  expect(report.findings[0]).toMatchObject({
    kind: 'seal-altered',
    sequence: 4,
    entryId: '1000',
    detail: expect.stringContaining('32 bytes') as string,
  });
  expect(report.counts['checkpoint-altered']).toBeUndefined();
  expect(report.covered).toBe(6);
});

it('signs no checkpoint of what nobody could read again', async () => {
  await using trail = await createScratchTrail();
  await trail.record(1);
  await trail.seal();
  await forgeSeal(trail, "9223372036854775807, 1000, sha256('digest'), sha256('chain')");
  await trail.seal();
  const files = (await readdir(trail.checkpoints)).filter((name) => name.endsWith('.jsonl'));
  const texts = await Promise.all(files.map((name) => readFile(path.join(trail.checkpoints, name), 'utf8')));
  expect(texts.join('').trimEnd().split('\n')).toEqual([expect.stringContaining('"from":1,"to":1,')]);
});
