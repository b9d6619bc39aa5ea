import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Connection } from './connect.js';
import { databaseOfThisFile } from './migrated-database.js';

const asPatientsService = databaseOfThisFile('patients');

async function queryFor(
  service: Connection,
  input: string | null,
  prefix: boolean | null,
): Promise<string | null> {
  const [row] = await service.query<{ query: string | null }>('SELECT search_query($1, $2)::text AS query', [
    input,
    prefix,
  ]);
  return row?.query ?? null;
}

async function addPatient(
  service: Connection,
  firstName: string,
  lastName: string,
  email: string,
): Promise<number> {
  const [row] = await service.query<{ id: number }>(
    `INSERT INTO patients (first_name, last_name, date_of_birth, gender, phone, email, created_by)
     VALUES ($1, $2, '1980-01-01', 'other', '555', $3, 1) RETURNING id`,
    [firstName, lastName, email],
  );
  return row?.id ?? 0;
}

async function find(service: Connection, input: string, prefix = true): Promise<number[]> {
  const rows = await service.query<{ id: number }>(
    `SELECT id FROM patients WHERE search_vector @@ search_query($1, $2)
     ORDER BY ts_rank(search_vector, search_query($1, $2)) DESC, id`,
    [input, prefix],
  );
  return rows.map(({ id }) => id);
}

/** What PostgreSQL can store: everything but NUL and lone surrogates. */
const storableText = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
const runs = { numRuns: 200, seed: 20260301 };

describe('search_query', () => {
  test.each([
    ['jos obr', true, "'jos':* & 'obr':*"],
    ['José  O’Brien', false, "'jose' & 'o' & 'brien'"],
    ['Straße', false, "'strasse'"],
    ['5e3x', true, "'5e3x':*"],
    ['ＡＬＩＣＥ ﬁn', false, "'alice' & 'fin'"],
    ['Mu\u0308ller', false, "'muller'"],
    ['Ωmega 日本', false, "'ωmega' & '日本'"],
    ["a & !b | (c:*) <-> 'd' \\", false, "'a' & 'b' & 'c' & 'd'"],
    ['will', null, "'will'"],
    ['the', true, "'the':*"],
    ['', true, null],
    [' \t\n -- :* \'"\\ ', true, null],
    [null, true, null],
  ])('turns %j into the query of its words (prefix: %j)', async (input, prefix, expected) => {
    await asPatientsService(async (service) => {
      expect(await queryFor(service, input, prefix)).toBe(expected);
    })();
  });

  test(
    'takes any text',
    asPatientsService(async (service) => {
      await fc.assert(
        fc.asyncProperty(storableText, fc.boolean(), async (text, prefix) => {
          await queryFor(service, text, prefix);
        }),
        runs,
      );
      for (const text of [
        'x'.repeat(3_000_000),
        'x '.repeat(1_000_000),
        '日'.repeat(100_000),
        "':*&".repeat(100_000),
      ]) {
        await queryFor(service, text, true);
      }
    }),
  );

  test(
    'finds a text by itself and by the beginnings of its words',
    asPatientsService(async (service) => {
      await fc.assert(
        fc.asyncProperty(storableText, async (text) => {
          const [row] = await service.query<{ whole: boolean | null; beginning: boolean | null }>(
            `SELECT search_lexemes($1) @@ search_query($1, false) AS whole,
                    search_lexemes($1) @@ search_query(left(search_text($1), 3), true) AS beginning`,
            [text],
          );
          expect(row?.whole).not.toBe(false);
          expect(row?.beginning).not.toBe(false);
        }),
        runs,
      );
    }),
  );
});

test(
  'patients are found by the beginnings of names and e-mail, regardless of case and accents, names first',
  asPatientsService(async (service) => {
    const byEmail = await addPatient(service, 'Bob', 'Stone', 'alice.fan@example.org');
    const alice = await addPatient(service, 'Alice', "O'Brien", 'ao@example.org');
    const jose = await addPatient(service, 'José', 'Anne-Marie', 'a.b@c.org');
    const will = await addPatient(service, 'Will', 'The', 'w@example.org');

    expect(await find(service, 'ALI')).toEqual([alice, byEmail]);
    expect(await find(service, 'ali', false)).toEqual([]);
    expect(await find(service, "o'bri")).toEqual([alice]);
    expect(await find(service, 'jose mar')).toEqual([jose]);
    expect(await find(service, 'a.b@c.org', false)).toEqual([jose]);
    expect(await find(service, 'will the')).toEqual([will]);
    expect(await find(service, 'alice stone zzz')).toEqual([]);
    expect(await find(service, '--')).toEqual([]);

    await service.query(`UPDATE patients SET last_name = 'Müller' WHERE id = $1`, [will]);
    expect(await find(service, 'MULL')).toEqual([will]);
  }),
);

test(
  'names and e-mail of the greatest length and of letters that unfold are searchable',
  asPatientsService(async (service) => {
    const unfolding = await addPatient(service, '㎉'.repeat(100), '日'.repeat(100), 'ﷺ'.repeat(255));
    expect(await find(service, '日'.repeat(50))).toEqual([unfolding]);
  }),
);
