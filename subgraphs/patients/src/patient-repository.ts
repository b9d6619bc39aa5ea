import { policy } from '@caregraph/access-policy';
import type { AuditRecorder } from '@caregraph/audit-trail';
import { countLimit, type PageRequest, type Viewer } from '@caregraph/service-kit';
import { transact, type Database } from './database.js';
import type { Patient as PatientRow } from './generated/prisma/client.js';
import type { Patient } from './patient.js';
import { listStatement, where, type PatientConditions, type PatientKey } from './patient-list-statement.js';
import { lockPatient } from './patient-lock.js';
import {
  columns,
  toNewRow,
  toPatient,
  toRowChanges,
  type NewPatient,
  type PatientChanges,
} from './patient-row.js';
import { visibleTo } from './patient-visibility.js';

/** A patient, and how well it matches the search: 0 is best, and what all have when nothing is searched for. */
export interface RankedPatient {
  readonly rank: number;
  readonly patient: Patient;
}

/**
 * The only place that knows how patients are kept, with the rows and the statement of the list beside it. Made for
 * one viewer: a record that the viewer may not see is not there, whatever is asked.
 */
export type PatientRepository = ReturnType<typeof createPatientRepository>;

interface Dependencies {
  readonly database: Database;
  readonly viewer: Viewer;
  readonly audit: AuditRecorder;
}

export function createPatientRepository({ database, viewer, audit }: Dependencies) {
  const visible = visibleTo(viewer);

  return {
    /** The patients with these ids, in the same order; null where there is none. */
    async findMany(ids: readonly number[]): Promise<(Patient | null)[]> {
      const rows = await database.$queryRaw<PatientRow[]>`
        SELECT ${columns} FROM patients WHERE id = ANY(${[...ids]}::integer[]) AND ${visible}`;
      const patients = new Map(rows.map((row) => [row.id, toPatient(row)]));
      return ids.map((id) => patients.get(id) ?? null);
    },

    /** One row more than the page, so that the caller sees whether another page follows. */
    async list(conditions: PatientConditions, page: PageRequest<PatientKey>): Promise<RankedPatient[]> {
      const rows = await database.$queryRaw<(PatientRow & { rank: number })[]>(
        listStatement(conditions, visible, page),
      );
      return rows.map(({ rank, ...row }) => ({ rank, patient: toPatient(row) }));
    },

    /** How many patients meet the conditions; null when there are too many to count cheaply. */
    async count(conditions: PatientConditions): Promise<number | null> {
      const [row] = await database.$queryRaw<{ count: number }[]>`
        SELECT count(*)::integer AS count
        FROM (
          SELECT 1 FROM patients WHERE ${where(conditions, visible)} LIMIT ${countLimit + 1}
        ) AS counted`;
      return row === undefined || row.count > countLimit ? null : row.count;
    },

    async create(patient: NewPatient): Promise<Patient> {
      return transact(database, audit, async (transaction) =>
        toPatient(await transaction.patient.create({ data: toNewRow(patient) })),
      );
    },

    /** Changes a patient, unless there is none or its version is not `version` (null: whatever it is). */
    async update(
      id: number,
      version: number | null,
      changes: PatientChanges,
    ): Promise<Patient | 'not-found' | 'stale'> {
      return transact(database, audit, async (transaction) => {
        const locked = await lockPatient(transaction, id, viewer, policy.find.restrictedPatient);
        if (locked === null) return 'not-found';
        if (version !== null && version !== locked.version) return 'stale';
        return toPatient(await transaction.patient.update({ where: { id }, data: toRowChanges(changes) }));
      });
    },
  };
}
