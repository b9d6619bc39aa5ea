import {
  isStorable,
  parseId,
  parsePage,
  parseSearch,
  toConnection,
  validate,
  type ConnectionArguments,
  type Viewer,
} from '@caregraph/service-kit';
import DataLoader from 'dataloader';
import { z } from 'zod';
import type {
  CreatePatientInput,
  DeactivatePatientInput,
  PatientFilter,
  ReactivatePatientInput,
  UpdatePatientInput,
} from './generated/graphql.js';
import {
  invalid,
  notFound,
  refused,
  stale,
  type Patient,
  type PatientConnection,
  type PatientOutcome,
} from './patient.js';
import { createPatientInput, updatePatientInput } from './patient-input.js';
import type { PatientConditions, PatientKey } from './patient-list-statement.js';
import type { PatientRepository } from './patient-repository.js';
import type { PatientChanges } from './patient-row.js';

const name = z.string().refine(isStorable);

/** Cursors of a list by name have rank 0 throughout, those of a search the rank of the match. */
const patientKey: z.ZodType<PatientKey> = z.tuple([z.int32(), name, name, z.int32()]);

/** The rules about patients. One is made for each request: what it has read is remembered until the answer. */
export type PatientService = ReturnType<typeof createPatientService>;

interface Dependencies {
  readonly patients: PatientRepository;
}

export function createPatientService({ patients }: Dependencies) {
  const byId = new DataLoader<number, Patient | null>((ids) => patients.findMany(ids));

  async function load(id: string): Promise<Patient | null> {
    const key = parseId(id);
    return key === null ? null : byId.load(key);
  }

  /** Changes a record under its version. */
  async function change(
    input: { readonly id: string; readonly version?: number | null | undefined },
    changes: PatientChanges,
  ): Promise<PatientOutcome> {
    const id = parseId(input.id);
    const patient = id === null ? 'not-found' : await patients.update(id, input.version ?? null, changes);
    if (patient === 'not-found') return notFound;
    return patient === 'stale' ? stale : { patient, userErrors: [] };
  }

  return {
    load,

    /** The record as it is now, whatever was read of it before. */
    async reload(id: number): Promise<Patient | null> {
      return byId.clear(id).load(id);
    },

    async list(
      search: string | null | undefined,
      filter: PatientFilter | null | undefined,
      connection: ConnectionArguments,
    ): Promise<PatientConnection> {
      const page = parsePage(connection, patientKey);
      const conditions = parseConditions(search, filter);
      const rows = conditions === null ? [] : await patients.list(conditions, page);
      return toConnection(
        rows,
        page,
        ({ rank, patient }): PatientKey => [rank, patient.lastName, patient.firstName, patient.id],
        () => (conditions === null ? Promise.resolve(0) : patients.count(conditions)),
        ({ patient }) => patient,
      );
    },

    async create(viewer: Viewer, input: CreatePatientInput): Promise<PatientOutcome> {
      if (viewer.kind !== 'user') return refused('FORBIDDEN', 'Only users create records.', null);
      const validated = validate(createPatientInput, input);
      if (!validated.ok) return invalid(validated.problems);
      return {
        patient: await patients.create({ ...validated.value, createdById: viewer.id }),
        userErrors: [],
      };
    },

    async update(input: UpdatePatientInput): Promise<PatientOutcome> {
      const validated = validate(updatePatientInput, input);
      if (!validated.ok) return invalid(validated.problems);
      const { id, version, ...changes } = validated.value;
      return change({ id, version }, changes);
    },

    async deactivate(input: DeactivatePatientInput): Promise<PatientOutcome> {
      return change(input, { isActive: false });
    },

    async reactivate(input: ReactivatePatientInput): Promise<PatientOutcome> {
      return change(input, { isActive: true });
    },
  };
}

/** What a list is asked to hold; null when no record can meet it: an impossible id, text that none can have. */
function parseConditions(
  search: string | null | undefined,
  filter: PatientFilter | null | undefined,
): PatientConditions | null {
  const createdById = filter?.createdById == null ? null : parseId(filter.createdById);
  const phone = filter?.phone ?? null;
  const email = filter?.email ?? null;
  if (filter?.createdById != null && createdById === null) return null;
  if (!isStorable(`${phone ?? ''}${email ?? ''}`)) return null;
  return {
    search: parseSearch(search),
    isActive: filter?.isActive === undefined ? true : filter.isActive,
    gender: filter?.gender ?? null,
    bornFrom: filter?.bornFrom ?? null,
    bornTo: filter?.bornTo ?? null,
    phone,
    email,
    createdById,
  };
}
