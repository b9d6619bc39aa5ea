import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createScratchDatabase, type ScratchDatabase } from '../../../test/cluster.js';
import { runStatement } from '../../../test/held-lock.js';
import { startServiceProcess } from '../../../test/service-process.js';
import { userViewer, type SubgraphClient } from '../../../test/subgraph-client.js';
import {
  CreateChartDocument,
  GetEncryptedDocument,
  ListEncryptedDocument,
  UpdateChartDocument,
  type CreatePatientInput,
  type UpdatePatientInput,
} from './generated/operations.js';
import { newPatient, startPatients } from './patients-service.js';

interface StoredRow {
  readonly medical_history: string | null;
  readonly allergies: string | null;
  readonly medications: string | null;
  readonly policy_number: string | null;
  readonly policy_number_encrypted: string | null;
}

const nurse = userViewer('NURSE');
// Of its own: other tests read whatever the shared one holds, and here are texts that nobody can read.
let own: ScratchDatabase;
let databaseUrl: string;
let service: SubgraphClient;

beforeAll(async () => {
  own = await createScratchDatabase('patients');
  ({ databaseUrl } = own);
  service = await startPatients({ PATIENTS_DATABASE_URL: databaseUrl });
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await own[Symbol.asyncDispose]();
});

/** Texts that nobody else has. */
function newTexts() {
  const mark = randomUUID();
  return {
    medicalHistory: `Asthma since ${mark}; “ça va” 🫁`,
    allergies: `Penicillin ${mark}`,
    medications: `Salbutamol ${mark}`,
    insurance: { provider: 'Analytical Mutual', policyNumber: `AM-${mark}` },
  };
}

function textsIn({
  medicalHistory,
  allergies,
  medications,
  insurance,
}: ReturnType<typeof newTexts>): string[] {
  return [medicalHistory, allergies, medications, insurance.policyNumber];
}

async function create(
  input: Partial<CreatePatientInput>,
  client: SubgraphClient = service,
  viewer = nurse,
): Promise<string> {
  const { data } = await client.ask(viewer, CreateChartDocument, { input: newPatient(input) });
  if (data.createPatient.patient === null) throw new Error(JSON.stringify(data.createPatient.userErrors));
  return data.createPatient.patient.id;
}

async function update(input: UpdatePatientInput, client: SubgraphClient = service): Promise<void> {
  const { data } = await client.ask(nurse, UpdateChartDocument, { input });
  expect(data.updatePatient.userErrors).toEqual([]);
}

async function read(id: string, client: SubgraphClient = service) {
  const { data, errors } = await client.ask(nurse, GetEncryptedDocument, { id });
  return {
    patient: data.patient,
    refused: errors?.map(({ path, extensions }) => [path?.join('.'), extensions?.['code']]),
  };
}

async function storedRow(id: string, database = databaseUrl): Promise<StoredRow> {
  const [row] = await runStatement<StoredRow>(
    database,
    `SELECT medical_history, allergies, medications, policy_number, policy_number_encrypted
     FROM patients WHERE id = $1`,
    [id],
  );
  if (row === undefined) throw new Error('There is no such row.');
  return row;
}

/** The columns that the trail says were changed, change by change. */
async function changedColumns(id: string): Promise<string[][]> {
  const entries = await runStatement<{ fields: string[] }>(
    databaseUrl,
    `SELECT fields FROM audit_entries
     WHERE source = 'trigger' AND record_type = 'patients' AND action = 'update' AND record_ids = ARRAY[$1] ORDER BY id`,
    [id],
  );
  return entries.map(({ fields }) => fields);
}

const encrypted = expect.stringMatching(/^enc:v1:[^:]+:[\w-]+$/) as string;
const allEncrypted: StoredRow = {
  medical_history: encrypted,
  allergies: encrypted,
  medications: encrypted,
  policy_number: null,
  policy_number_encrypted: encrypted,
};

describe('clinical texts and policy numbers', () => {
  it('stand nowhere in the database as they were written, and are read as they were', async () => {
    await using database = await createScratchDatabase('patients');
    await using scratch = await startPatients({ PATIENTS_DATABASE_URL: database.databaseUrl });
    const [first, second] = [newTexts(), newTexts()];
    const id = await create({ ...first, address: { city: 'Ockham' } }, scratch);
    expect(await storedRow(id, database.superuserUrl)).toEqual(allEncrypted);
    expect((await read(id, scratch)).patient).toEqual({ id, ...first });
    await update({ id, ...second }, scratch);
    expect(await storedRow(id, database.superuserUrl)).toEqual(allEncrypted);
    expect((await read(id, scratch)).patient).toEqual({ id, ...second });
    const tables = await runStatement<{ content: string }>(
      database.superuserUrl,
      `SELECT query_to_xml(format('SELECT * FROM %I', tablename), true, false, '')::text AS content
       FROM pg_tables WHERE schemaname = 'public'`,
    );
    const content = tables.map((table) => table.content).join();
    expect(content).toContain('Ockham');
    for (const text of [...textsIn(first), ...textsIn(second)]) expect(content).not.toContain(text);
  });

  it('are read as they are where psql, or a version without encryption, has written them', async () => {
    const id = await create(newTexts());
    const clear = newTexts();
    await runStatement(
      databaseUrl,
      `UPDATE patients SET medical_history = $2, allergies = $3, medications = $4, policy_number = $5 WHERE id = $1`,
      [id, ...textsIn(clear)],
    );
    expect(await read(id)).toEqual({ patient: { id, ...clear }, refused: undefined });
    await update({ id, ...clear });
    expect(await storedRow(id)).toEqual(allEncrypted);
    expect((await read(id)).patient).toEqual({ id, ...clear });
  });

  it('keep their stored form where a change leaves them as they are, which the trail then does not name', async () => {
    const texts = newTexts();
    const id = await create(texts);
    const before = await storedRow(id);
    await update({ id, firstName: 'Augusta' });
    await update({ id, allergies: texts.allergies });
    await update({ id, ...texts, insurance: { ...texts.insurance, provider: 'Navy' } });
    expect(await storedRow(id)).toEqual(before);
    await update({ id, allergies: 'None', insurance: { policyNumber: 'N-1' } });
    const after = await storedRow(id);
    expect(after).toMatchObject({ ...before, allergies: encrypted, policy_number_encrypted: encrypted });
    expect([after.allergies, after.policy_number_encrypted]).not.toEqual([
      before.allergies,
      before.policy_number_encrypted,
    ]);
    expect(await changedColumns(id)).toEqual([
      ['first_name'],
      ['insurance'],
      ['allergies', 'policy_number_encrypted'],
    ]);
  });

  it('are cleared with null, one by one or with the insurance, and may be empty', async () => {
    const texts = newTexts();
    const id = await create({ ...texts, medications: '' });
    expect((await storedRow(id)).medications).toEqual(encrypted);
    await update({ id, allergies: null, insurance: null });
    expect(await storedRow(id)).toEqual({
      ...allEncrypted,
      allergies: null,
      policy_number_encrypted: null,
    });
    expect((await read(id)).patient).toEqual({
      id,
      medicalHistory: texts.medicalHistory,
      allergies: null,
      medications: '',
      insurance: null,
    });
  });

  it('under a former key are read beside those under a new one, by a process that began with the former', async () => {
    await using database = await createScratchDatabase('patients');
    const settings = { PATIENTS_DATABASE_URL: database.databaseUrl };
    await using before = await startPatients(settings);
    const [former, latter] = [newTexts(), newTexts()];
    const first = await create(former, before);
    await runStatement(database.superuserUrl, 'UPDATE data_keys SET retired_at = now()');
    await using after = await startPatients(settings);
    const second = await create(latter, after);
    const keys = await Promise.all(
      [first, second].map(
        async (id) => (await storedRow(id, database.superuserUrl)).allergies?.split(':')[2],
      ),
    );
    expect(new Set(keys).size).toBe(2);
    for (const client of [before, after]) {
      expect((await read(first, client)).patient).toEqual({ id: first, ...former });
      expect((await read(second, client)).patient).toEqual({ id: second, ...latter });
    }
  });
});

describe('a text that was moved', () => {
  const moves: [column: string, from: string, field: string][] = [
    ['medical_history', 'medical_history', 'medicalHistory'],
    ['allergies', 'medications', 'allergies'],
    ['medications', 'policy_number_encrypted', 'medications'],
    ['policy_number_encrypted', 'policy_number_encrypted', 'insurance.policyNumber'],
  ];

  it('from another record or column costs its field, and the log names the place only', async () => {
    await using process = await startServiceProcess('patients', { PATIENTS_DATABASE_URL: databaseUrl });
    const creator = userViewer('NURSE');
    const texts = newTexts();
    const source = await create(newTexts(), service, creator);
    for (const [column, from, field] of moves) {
      const id = await create(texts, service, creator);
      await runStatement(
        databaseUrl,
        `UPDATE patients SET ${column} = (SELECT ${from} FROM patients WHERE id = $2) WHERE id = $1`,
        [id, source],
      );
      const { patient, refused } = await read(id, process);
      expect(refused).toEqual([[`patient.${field}`, 'INTERNAL_SERVER_ERROR']]);
      expect(patient).toEqual({
        id,
        ...texts,
        ...(field === 'insurance.policyNumber'
          ? { insurance: { ...texts.insurance, policyNumber: null } }
          : { [field]: null }),
      });
      await vi.waitFor(() => {
        expect(process.log.join('\n')).toContain(`patients.${column} of row ${id} cannot be decrypted`);
      });
    }
    const log = process.log.join('\n');
    for (const text of [
      ...textsIn(texts),
      ...Object.values<string | null>({ ...(await storedRow(source)) }),
    ]) {
      if (text !== null) expect(log).not.toContain(text);
    }
  });

  it('leaves the page there, and gives way to one that is written anew', async () => {
    const creator = userViewer('NURSE');
    const filter = { createdById: String(creator.id) };
    const [first, second] = [newTexts(), newTexts()];
    const one = await create({ lastName: 'A', ...first }, service, creator);
    const other = await create({ lastName: 'B', ...second }, service, creator);
    await runStatement(
      databaseUrl,
      'UPDATE patients SET allergies = (SELECT allergies FROM patients WHERE id = $2) WHERE id = $1',
      [one, other],
    );
    const list = async () => {
      const { data, errors } = await service.ask(nurse, ListEncryptedDocument, { filter });
      return { nodes: data.patients?.edges.map(({ node }) => node), count: errors?.length };
    };
    expect(await list()).toEqual({
      nodes: [
        { id: one, ...first, allergies: null },
        { id: other, ...second },
      ],
      count: 1,
    });
    await update({ id: one, allergies: first.allergies });
    expect(await list()).toEqual({
      nodes: [
        { id: one, ...first },
        { id: other, ...second },
      ],
      count: undefined,
    });
  });

  it('is not noted in the trail as given out', async () => {
    const viewer = userViewer('DOCTOR');
    const id = await create(newTexts());
    await runStatement(databaseUrl, 'UPDATE patients SET allergies = medications WHERE id = $1', [id]);
    await service.ask(viewer, GetEncryptedDocument, { id });
    const [entry] = await runStatement<{ fields: string[] }>(
      databaseUrl,
      `SELECT fields FROM audit_entries WHERE session_id = $1 AND action = 'read'`,
      [viewer.sessionId],
    );
    expect(entry?.fields).toEqual(expect.arrayContaining(['medicalHistory', 'medications', 'insurance']));
    expect(entry?.fields).not.toContain('allergies');
  });
});
