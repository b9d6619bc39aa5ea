import { describe, expect, it } from 'vitest';
import { createScratchTrail, type ScratchTrail } from './seal-fixtures.js';
import { copyOf, resealAll, verify } from './verify-fixtures.js';

/** Two dozen entries of the service and of triggers, sealed in three rounds; the id 13 was never used. */
async function createSealedTrail(): Promise<ScratchTrail> {
  const trail = await createScratchTrail();
  await trail.record(1, 2, 3, 4, 5);
  await trail.seal();
  await trail.change();
  await trail.record(6, 7, 8, 9, 10, 11);
  await trail.rows("SELECT nextval('audit_entries_id_seq')");
  await trail.seal();
  await trail.record(12, 13, 14, 15, 16, 17, 18, 19, 20);
  await trail.change();
  await trail.change();
  await trail.seal();
  return trail;
}

describe('a trail that nobody has touched', () => {
  it('is whole', async () => {
    await using trail = await createSealedTrail();
    const report = await verify(trail);
    expect(report.findings).toEqual([]);
    expect(report).toMatchObject({ entries: 23, sealed: 23, covered: 23, checkpoints: 3, notices: [] });
  });

  it('is whole without the private key, but for what that is needed for', async () => {
    await using trail = await createSealedTrail();
    const report = await verify(trail, { withKeys: false });
    expect(report.findings).toEqual([]);
    expect(report.notices).toEqual([expect.stringContaining('was not checked')]);
  });
});

interface Tampering {
  readonly what: string;
  readonly statements: readonly string[];
  /** What is found where the seals are left alone. */
  readonly naive: object;
  /** What is found where all seals are made anew. */
  readonly thorough: object;
}

const altered = { kind: 'altered', entryId: '7', sequence: 7, entry: 'read of User by user 7' };
const tamperings: readonly Tampering[] = [
  {
    what: 'an altered entry',
    statements: ["UPDATE audit_entries SET record_ids = '{99}' WHERE id = 7"],
    naive: altered,
    thorough: altered,
  },
  {
    what: 'a removed entry',
    statements: ['DELETE FROM audit_entries WHERE id = 7'],
    naive: { kind: 'removed', entryId: '7', sequence: 7 },
    thorough: { kind: 'removed', entryId: '7', sequence: 7 },
  },
  {
    what: 'an entry removed with its seal',
    statements: ['DELETE FROM audit_entries WHERE id = 7', 'DELETE FROM audit_seals WHERE entry_id = 7'],
    naive: { kind: 'removed', entryId: '7', sequence: 7 },
    thorough: { kind: 'removed', entryId: '7', sequence: 7 },
  },
  {
    what: 'two entries that have changed places',
    statements: [
      'UPDATE audit_entries SET id = 100 WHERE id = 7',
      'UPDATE audit_entries SET id = 7 WHERE id = 9',
      'UPDATE audit_entries SET id = 9 WHERE id = 100',
    ],
    naive: { kind: 'altered', entryId: '7', sequence: 7 },
    thorough: { kind: 'altered', entryId: '7', sequence: 7 },
  },
  {
    what: 'an entry that was put between others',
    statements: [copyOf(7, 13)],
    naive: { kind: 'unsealed', entryId: '13' },
    thorough: { kind: 'inserted', entryId: '13', sequence: 13 },
  },
  {
    what: 'entries cut off at the end',
    statements: ['DELETE FROM audit_entries WHERE id > 20', 'DELETE FROM audit_seals WHERE entry_id > 20'],
    naive: { kind: 'cut-off', entryId: '20', sequence: 19 },
    thorough: { kind: 'cut-off', entryId: '20', sequence: 19 },
  },
  {
    what: 'both tables emptied',
    statements: ['TRUNCATE audit_entries, audit_seals'],
    naive: { kind: 'cut-off', sequence: 0 },
    thorough: { kind: 'cut-off', sequence: 0 },
  },
];

describe.each(tamperings)('a superuser who leaves $what', ({ statements, naive, thorough }) => {
  it('is found out where only that was done', async () => {
    await using trail = await createSealedTrail();
    await trail.tamper(...statements);
    expect((await verify(trail)).findings[0]).toMatchObject(naive);
  });

  it('is found out by the checkpoints where all seals were made anew', async () => {
    await using trail = await createSealedTrail();
    await trail.tamper(...statements);
    await resealAll(trail);
    expect((await verify(trail)).findings[0]).toMatchObject(thorough);
  });
});

it('finds a copy of an entry that the service itself has sealed', async () => {
  await using trail = await createSealedTrail();
  await trail.tamper(copyOf(7, 100));
  await trail.seal();
  const { findings } = await verify(trail);
  expect(findings).toMatchObject([
    {
      kind: 'replayed',
      entryId: '100',
      entry: 'read of User by user 7',
      detail: expect.stringContaining('copy of entry 7:') as string,
    },
  ]);
});

it('takes entries for no copies that are alike, and written at once', async () => {
  await using trail = await createScratchTrail();
  const recorder = trail.recorder();
  for (let time = 1; time <= 3; time += 1) recorder.note({ action: 'SEARCH', outcome: 'SUCCESS' });
  await recorder.write();
  await trail.seal();
  expect((await verify(trail)).findings).toEqual([]);
});
