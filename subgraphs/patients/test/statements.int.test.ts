import { findFreePort } from '@caregraph/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedDatabase } from '../../../test/cluster.js';
import { runStatement } from '../../../test/held-lock.js';
import { userViewer } from '../../../test/subgraph-client.js';
import {
  CreateChartDocument,
  DeactivatePatientDocument,
  ListEncryptedDocument,
  SetCareTeamDocument,
  UpdateChartDocument,
} from './generated/operations.js';
import { createPatient, newPatient, startPatients, type PatientsService } from './patients-service.js';

const nurse = userViewer('NURSE');
const filter = { createdById: String(nurse.id) };
const chart = { medicalHistory: 'Asthma', allergies: 'Penicillin', medications: 'Salbutamol' };
let service: PatientsService;
let metricsPort: number;

beforeAll(async () => {
  metricsPort = await findFreePort();
  service = await startPatients({ METRICS_PORT: String(metricsPort) });
  for (let created = 0; created < 100; created += 1) {
    await createPatient(service, { ...chart, insurance: { policyNumber: 'AM-1843' } }, nurse);
  }
});
afterAll(() => service[Symbol.asyncDispose]());

/** How many statements for data the service sent to its database while `work` was under way. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const count = async (): Promise<number> => {
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    return Number(/^caregraph_sql_statements_total\{kind="data".*\} (\d+)$/m.exec(metrics)?.[1]);
  };
  const before = await count();
  await work();
  return (await count()) - before;
}

describe('the number of statements', () => {
  it('is one for a page of a hundred records with all that is encrypted, as for a page of one', async () => {
    const page = (first: number) => async () => {
      const { data, errors } = await service.ask(nurse, ListEncryptedDocument, { filter, first });
      expect(errors).toBeUndefined();
      const nodes = data.patients?.edges.map(({ node }) => node);
      expect(nodes).toHaveLength(first);
      expect(nodes?.at(-1)).toMatchObject({ ...chart, insurance: { policyNumber: 'AM-1843' } });
    };
    expect([await statementsOf(page(1)), await statementsOf(page(100))]).toEqual([1, 1]);
  });

  it('is one for a hundred records that others refer to', async () => {
    const rows = await runStatement<{ id: number }>(
      sharedDatabase('patients').databaseUrl,
      'SELECT id FROM patients WHERE created_by = $1',
      [nurse.id],
    );
    const references = rows.map(({ id }) => ({ __typename: 'Patient', id: String(id) }));
    expect(references.length).toBeGreaterThanOrEqual(100);
    const resolve = async () => {
      const selection = '... on Patient { id allergies insurance { policyNumber } }';
      const { data } = await service.resolveReferences(nurse, selection, references);
      expect(data._entities).toContainEqual({
        id: references[0]?.id,
        allergies: 'Penicillin',
        insurance: { policyNumber: 'AM-1843' },
      });
    };
    expect(await statementsOf(resolve)).toBe(1);
  });

  it('does not grow with saying who makes a change: it is said where an id or a lock is taken', async () => {
    const { id } = await createPatient(service);
    const administrator = userViewer('ADMIN');
    const changes = [
      // The id, and the row.
      () => service.ask(nurse, CreateChartDocument, { input: newPatient(chart) }),
      // The lock, who sees the record, and the row as Prisma updates it.
      () => service.ask(nurse, DeactivatePatientDocument, { input: { id } }),
      // The same, and the texts that are there.
      () => service.ask(nurse, UpdateChartDocument, { input: { id, ...chart } }),
      // The lock, who sees the record, who leaves, who comes, the version; the record and its care team again.
      () => service.ask(administrator, SetCareTeamDocument, { input: { id, members: ['7'] } }),
    ];
    const counts: number[] = [];
    for (const change of changes) counts.push(await statementsOf(change));
    expect(counts).toEqual([2, 3, 4, 7]);
  });
});
