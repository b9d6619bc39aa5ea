import fc from 'fast-check';
import { expect, it } from 'vitest';
import { entryColumns } from '../src/chain.js';
import { createScratchTrail, type ScratchTrail } from './seal-fixtures.js';
import { copyOf, resealAll, verify } from './verify-fixtures.js';

/** Another value for each kind of column. */
const otherValues: Readonly<Record<string, string>> = {
  bigint: '1000',
  integer: '4711',
  'character varying': "'another'",
  text: "'another'",
  ARRAY: "'{1, 2, 3}'",
  int8multirange: "'{[5,9)}'",
  'timestamp without time zone': "'2020-02-02 02:02:02'",
  bytea: "'\\x00'",
};

const entries = 24;

async function createTrail(): Promise<ScratchTrail> {
  const trail = await createScratchTrail();
  for (let round = 1; round <= 3; round += 1) {
    await trail.record(1, 2, 3, 4, 5, 6, 7);
    await trail.change();
    await trail.seal();
  }
  await trail.rows('CREATE TABLE kept_entries AS TABLE audit_entries');
  await trail.rows('CREATE TABLE kept_seals AS TABLE audit_seals');
  return trail;
}

const restore = [
  'TRUNCATE audit_entries, audit_seals',
  'INSERT INTO audit_entries SELECT * FROM kept_entries',
  'INSERT INTO audit_seals SELECT * FROM kept_seals',
];

it('has a digest of every column that there is', async () => {
  await using trail = await createScratchTrail();
  const columns = await trail.rows<{ column_name: string }>(
    "SELECT column_name FROM information_schema.columns WHERE table_name = 'audit_entries' ORDER BY ordinal_position",
  );
  expect(columns.map(({ column_name: name }) => name).sort()).toEqual([...entryColumns].sort());
});

it('names whichever single thing was changed, also where all seals were made anew', async () => {
  await using trail = await createTrail();
  const types = await trail.rows<{ name: string; type: string }>(
    "SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_name = 'audit_entries'",
  );
  const anEntry = fc.integer({ min: 1, max: entries });
  const change = fc
    .record({ id: anEntry, column: fc.constantFrom(...types.filter(({ name }) => name !== 'id')) })
    .map(({ id, column: { name, type } }) => ({
      id,
      kinds: ['altered'],
      statements: [`UPDATE audit_entries SET ${name} = ${otherValues[type] ?? 'NULL'} WHERE id = ${id}`],
    }));
  const removal = anEntry.map((id) => ({
    id,
    kinds: ['removed', 'cut-off'],
    statements: [`DELETE FROM audit_entries WHERE id = ${id}`],
  }));
  const truncation = anEntry.map((id) => ({
    id,
    kinds: ['cut-off'],
    statements: [
      `DELETE FROM audit_entries WHERE id >= ${id}`,
      `DELETE FROM audit_seals WHERE entry_id >= ${id}`,
    ],
  }));
  const insertion = anEntry.map((id) => ({
    id,
    kinds: ['inserted', 'unsealed'],
    statements: [copyOf(id, -id)],
  }));
  const swap = fc.uniqueArray(anEntry, { minLength: 2, maxLength: 2 }).map(([one = 1, other = 2]) => ({
    id: Math.min(one, other),
    kinds: ['reordered'],
    statements: [
      `UPDATE audit_seals SET entry_id = -1 WHERE entry_id = ${one}`,
      `UPDATE audit_seals SET entry_id = ${one} WHERE entry_id = ${other}`,
      `UPDATE audit_seals SET entry_id = ${other} WHERE entry_id = -1`,
    ],
  }));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(change, removal, truncation, insertion, swap),
      fc.boolean(),
      async ({ id, kinds, statements }, isThorough) => {
        await trail.tamper(...restore, ...statements);
        if (isThorough && kinds[0] !== 'reordered') await resealAll(trail);
        const [finding] = (await verify(trail)).findings;
        expect(kinds).toContain(finding?.kind);
        // Of a forged entry nothing tells where it came from; of a cut the last entry that is left is named.
        const named = finding?.kind === 'cut-off' ? (finding.sequence ?? 0) + 1 : Number(finding?.entryId);
        if (kinds[0] === 'reordered') expect(finding?.sequence).toBe(id);
        else expect(named).toBe(kinds[0] === 'inserted' ? -id : id);
      },
    ),
    { numRuns: 60 },
  );
  await trail.tamper(...restore);
  expect((await verify(trail)).findings).toEqual([]);
});
