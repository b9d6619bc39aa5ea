import { policy } from '@caregraph/access-policy';
import type { AuditRecorder } from '@caregraph/audit-trail';
import type { FieldCipher } from '@caregraph/encryption';
import { countLimit, type PageRequest, type Viewer } from '@caregraph/service-kit';
import { transact, type Database, type Transaction } from './database.js';
import type { Patient as PatientRow, Prisma } from './generated/prisma/client.js';
import type { Patient } from './patient.js';
import { listStatement, where, type PatientConditions, type PatientKey } from './patient-list-statement.js';
import { lockPatient } from './patient-lock.js';
import {
  columns,
  textsOf,
  toNewRow,
  toPatient,
  toRowChanges,
  type NewPatient,
  type PatientChanges,
} from './patient-row.js';
import { textSelection, textsToStore, type PatientTexts } from './patient-texts.js';
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
  readonly cipher: FieldCipher;
}

export function createPatientRepository({ database, viewer, audit, cipher }: Dependencies) {
  const visible = visibleTo(viewer);

  /** What to store of texts that are given: of a record that is locked, and only where it differs. */
  async function changedTexts(transaction: Transaction, id: number, texts: PatientTexts) {
    if (Object.values(texts).every((text) => text === undefined)) return {};
    const present = await transaction.patient.findUniqueOrThrow({ where: { id }, select: textSelection });
    return textsToStore(cipher, id, texts, present);
  }

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
      return transact(database, audit, async (transaction, whoActs) => {
        const id = await takeId(transaction, whoActs);
        const texts = await textsToStore(cipher, id, textsOf(patient));
        return toPatient(await transaction.patient.create({ data: { ...toNewRow(patient), ...texts, id } }));
      });
    },

    /** Changes a patient, unless there is none or its version is not `version` (null: whatever it is). */
    async update(
      id: number,
      version: number | null,
      changes: PatientChanges,
    ): Promise<Patient | 'not-found' | 'stale'> {
      return transact(database, audit, async (transaction, whoActs) => {
        const actor = { whoActs, viewer, rule: policy.find.restrictedPatient };
        const locked = await lockPatient(transaction, id, actor);
        if (locked === null) return 'not-found';
        if (version !== null && version !== locked.version) return 'stale';
        const texts = await changedTexts(transaction, id, textsOf(changes));
        const data = { ...toRowChanges(changes), ...texts };
        return toPatient(await transaction.patient.update({ where: { id }, data }));
      });
    },
  };
}

/** Begins a transaction of `transact`: the id of a new record, which its encrypted texts are bound to. */
async function takeId(transaction: Transaction, whoActs: Prisma.Sql): Promise<number> {
  const [taken] = await transaction.$queryRaw<{ id: number }[]>`
    SELECT nextval('patients_id_seq')::integer AS id, ${whoActs}`;
  if (taken === undefined) throw new Error('A sequence always has a next value.');
  return taken.id;
}
