import { createMetrics } from '@caregraph/service-kit';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScratchDatabase, type ScratchDatabase } from '../../../test/cluster.js';
import { userViewer } from '../../../test/subgraph-client.js';
import { connectDatabase, type Database } from '../src/database.js';
import { listStatement, type PatientConditions, type PatientKey } from '../src/patient-list-statement.js';
import { visibleTo } from '../src/patient-visibility.js';

const all: PatientConditions = {
  search: null,
  isActive: true,
  gender: null,
  bornFrom: null,
  bornTo: null,
  phone: null,
  email: null,
  createdById: null,
};

let scratch: ScratchDatabase;
let database: Database;

beforeAll(async () => {
  scratch = await createScratchDatabase('patients');
  await addPatients(scratch.migrationUrl, 100_000);
  database = connectDatabase(scratch.databaseUrl, createMetrics('patients'), (error) => {
    throw error;
  });
});
afterAll(async () => {
  await database.$disconnect();
  await scratch[Symbol.asyncDispose]();
});

describe.each([0, 200, 5_000])('among 100,000 patients, of whom %i are restricted', (restricted) => {
  beforeAll(() => restrictUpTo(restricted));

  it.each(['anna', 'ann mül', 'Schmidt', 'anna.schmidt.4711@example.org', 'nobody'])(
    'the search for %j reads the index of words, and not the table',
    async (search) => {
      for (const after of [null, [1, 'Schmidt', 'Anna', 50_000] as const]) {
        const plan = await explain({ ...all, search }, after);
        expect(plan).toContain('Bitmap Index Scan on idx_patients_search_vector');
        expect(plan).not.toContain('Seq Scan on patients');
      }
    },
  );

  it('the list reads the index in its order, and not the table', async () => {
    for (const after of [null, [0, 'Schmidt', 'Anna', 50_000] as const]) {
      for (const isActive of [true, null]) {
        const plan = await explain({ ...all, isActive }, after);
        expect(plan).toContain('Index Scan using idx_patients_list_order');
        expect(plan).not.toMatch(/Seq Scan on patients|Sort/);
      }
    }
  });
});

async function explain(conditions: PatientConditions, after: PatientKey | null): Promise<string> {
  const rows = await database.$queryRaw<{ 'QUERY PLAN': string }[]>`
    EXPLAIN ${listStatement(conditions, visibleTo(userViewer('NURSE', 7)), { first: 20, after })}`;
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

/** Restricts the first so many patients, each to a care team of three. */
async function restrictUpTo(count: number): Promise<void> {
  const client = new Client({ connectionString: scratch.migrationUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO patient_restrictions (patient_id, reason, restricted_by)
       SELECT id, 'Staff member', 1 FROM generate_series(1, $1) AS id ON CONFLICT DO NOTHING`,
      [count],
    );
    await client.query(
      `INSERT INTO care_team_members (patient_id, user_id, added_by)
       SELECT id, 1 + (id + place) % 50, 1 FROM generate_series(1, $1) AS id, generate_series(1, 3) AS place
       ON CONFLICT DO NOTHING`,
      [count],
    );
    await client.query('COMMIT');
    await client.query('VACUUM (ANALYZE) patient_restrictions, care_team_members');
  } finally {
    await client.end();
  }
}

/** Fills a database with patients whose names repeat as names do, by one statement. */
async function addPatients(migrationUrl: string, count: number): Promise<void> {
  const client = new Client({ connectionString: migrationUrl });
  await client.connect();
  try {
    await client.query(
      `WITH names AS (
         SELECT '{Anna,Ben,Chloé,David,Emma,Felix,Grace,Hannah,Ivan,José,Karl,Léa,Mia,Noah,Olga,Paul}'::text[] AS first,
                '{Adler,Brown,Chen,Díaz,Evans,Fischer,García,Hughes,Ito,Jones,Kim,López,Müller,Nguyen,O’Neill,Patel,Quinn,Rossi,Schmidt,Taylor,Ueda,Vogel,Weber,Xu,Young,Zhang}'::text[] AS last
       )
       INSERT INTO patients (first_name, last_name, email, date_of_birth, gender, phone, created_by)
       SELECT first[1 + n % 16], last[1 + n % 23] || CASE WHEN n % 3 = 0 THEN '' ELSE '-' || last[1 + n % 26] END,
              first[1 + n % 16] || '.' || last[1 + n % 23] || '.' || n || '@example.org',
              date '1930-01-01' + n % 30000, 'other', '555-' || n, 1
       FROM names, generate_series(1, $1) AS n`,
      [count],
    );
    await client.query('VACUUM (ANALYZE) patients');
  } finally {
    await client.end();
  }
}
