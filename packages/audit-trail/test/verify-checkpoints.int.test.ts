import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createAuditKeySet, readAuditKeys } from '../src/audit-keys.js';
import { publicKeysOf } from '../src/checkpoint-signature.js';
import { indexCheckpoints } from '../src/verify-checkpoints.js';
import { createScratchTrail, type ScratchTrail } from './seal-fixtures.js';
import { copyOf, verify } from './verify-fixtures.js';

async function checkpointFiles(trail: ScratchTrail): Promise<string[]> {
  const names = (await readdir(trail.checkpoints)).filter((name) => name.endsWith('.jsonl')).sort();
  return names.map((name) => path.join(trail.checkpoints, name));
}

/** A trail that one process has sealed in three rounds: three lines of one file. */
async function createTrail(): Promise<ScratchTrail & { readonly file: string; readonly lines: string[] }> {
  const trail = await createScratchTrail();
  const sealer = trail.startSealer(1);
  for (let round = 1; round <= 3; round += 1) {
    await trail.record(round);
    await expect.poll(async () => (await verify(trail)).covered).toBe(round);
  }
  await sealer.close();
  const [file = ''] = await checkpointFiles(trail);
  return { ...trail, file, lines: (await readFile(file, 'utf8')).trimEnd().split('\n') };
}

it('says that a line is gone from the middle', async () => {
  await using trail = await createTrail();
  const [first = '', , third = ''] = trail.lines;
  await writeFile(trail.file, `${first}\n${third}\n`);
  expect((await verify(trail)).findings).toMatchObject([
    { kind: 'checkpoint-removed', detail: expect.stringMatching(/^Line 2 of .* does not follow/) as string },
    { kind: 'checkpoint-removed', sequence: 2 },
  ]);
});

it('says that a line is not as it was signed, and does not believe it', async () => {
  await using trail = await createTrail();
  const [first = '', second = '', third = ''] = trail.lines;
  const forged = second.replace(/"time":"\d{4}/, '"time":"2001');
  await writeFile(trail.file, `${first}\n${forged}\n${third}\n`);
  const report = await verify(trail);
  expect(report.checkpoints).toBe(2);
  expect(report.findings[0]).toMatchObject({
    kind: 'checkpoint-altered',
    detail: expect.stringContaining('Line 2') as string,
  });
});

it('says the same with a key that the auditor has given another name', async () => {
  await using trail = await createTrail();
  const [first = '', second = '', third = ''] = trail.lines;
  await writeFile(trail.file, `${first}\n${second.replace(/"time":"\d{4}/, '"time":"2001')}\n${third}\n`);
  const keys = publicKeysOf(trail.keys).map((key) => ({ ...key, id: 'kept' }));
  const index = await indexCheckpoints(trail.checkpoints, 'users', keys);
  expect(index.findings[0]?.detail).toMatch(/^Line 2 of \S+ is not as it was signed\.$/);
});

it('takes a line that a crash has cut short for what it is', async () => {
  await using trail = await createTrail();
  await writeFile(trail.file, `${trail.lines.join('\n')}\n{"checkpoint":{"version":1,"serv`);
  const report = await verify(trail);
  expect(report.findings).toEqual([]);
  expect(report.notices).toEqual([expect.stringContaining('was not written to its end')]);
  await trail.record(4);
  await trail.seal();
  expect(await verify(trail)).toMatchObject({ covered: 4, findings: [] });
});

it('says that there are no checkpoints where there must be some', async () => {
  await using trail = await createTrail();
  await rm(trail.file);
  expect((await verify(trail)).findings).toMatchObject([{ kind: 'checkpoint-removed' }]);
});

it('believes no checkpoint of another key', async () => {
  await using trail = await createTrail();
  const file = path.join(trail.checkpoints, 'other-keys.json');
  await writeFile(file, createAuditKeySet(new Date()));
  const index = await indexCheckpoints(trail.checkpoints, 'users', publicKeysOf(readAuditKeys(file)));
  expect(index.places).toEqual([]);
  expect(index.findings).toEqual([
    {
      kind: 'checkpoint-altered',
      detail: expect.stringMatching(
        new RegExp(
          `^Line 1 and 2 later lines of users\\S+ name the key ${trail.keys[0]?.id ?? ''}, which is not among`,
        ),
      ) as string,
    },
  ]);
});

it('names a copied line once for its file, however often it is there, and believes what is whole', async () => {
  await using trail = await createTrail();
  const [first = '', second = '', third = ''] = trail.lines;
  const copies = [first, second, third, second, third, second, third];
  await writeFile(trail.file, copies.map((line) => `${line}\n`).join(''));
  const report = await verify(trail);
  expect(report.findings).toEqual([
    {
      kind: 'checkpoint-removed',
      detail: expect.stringMatching(/^Line 4 and 1 later lines of /) as string,
    },
  ]);
  expect(report).toMatchObject({ checkpoints: 7, covered: 3 });
});

it('keeps lines that go on with each other in one place', async () => {
  await using trail = await createTrail();
  const index = await indexCheckpoints(trail.checkpoints, 'users', publicKeysOf(trail.keys));
  expect(index).toMatchObject({ checkpoints: 3, places: [{ from: 1, to: 3 }] });
});

it('finds that an older copy was restored, after which the trail went on', async () => {
  await using trail = await createTrail();
  await trail.rows('CREATE TABLE kept_entries AS TABLE audit_entries');
  await trail.rows('CREATE TABLE kept_seals AS TABLE audit_seals');
  await trail.record(4, 5);
  await trail.seal();
  await trail.tamper(
    'TRUNCATE audit_entries, audit_seals',
    'INSERT INTO audit_entries SELECT * FROM kept_entries',
    'INSERT INTO audit_seals SELECT * FROM kept_seals',
  );
  expect((await verify(trail)).findings[0]).toMatchObject({ kind: 'cut-off', entryId: '3', sequence: 3 });
  await trail.record(6);
  await trail.seal();
  expect((await verify(trail)).findings[0]).toMatchObject({ kind: 'replaced', entryId: '4', sequence: 4 });
});

it('names an entry that nobody vouches for, and one whose word is of another time', async () => {
  await using trail = await createTrail();
  await trail.tamper(
    "INSERT INTO audit_entries (source, action, outcome, actor_kind, actor_user_id) VALUES ('service', 'read', 'success', 'user', 9)",
  );
  await trail.seal();
  expect((await verify(trail)).findings).toMatchObject([{ kind: 'unattested', entry: 'read by user 9' }]);
  await trail.tamper(
    copyOf(1, 900),
    "UPDATE audit_entries SET recorded_at = recorded_at + interval '10 minutes' WHERE id = 900",
  );
  await trail.seal();
  expect((await verify(trail)).findings).toContainEqual(
    expect.objectContaining({ kind: 'attested-at-another-time', entryId: '900' }),
  );
});
