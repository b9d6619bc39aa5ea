import { Prisma, type Patient as PatientRow } from './generated/prisma/client.js';
import {
  genderMapping,
  type Address,
  type EmergencyContact,
  type Insurance,
  type Patient,
} from './patient.js';
import { storedTexts, type PatientTexts } from './patient-texts.js';

type RequiredColumn = 'firstName' | 'lastName' | 'dateOfBirth' | 'gender' | 'phone' | 'email';

type Part<Group> = { readonly [Column in keyof Group]?: Group[Column] | undefined } | null | undefined;

/** The columns that can be null: undefined leaves them as they are, null clears them, also as a group. */
interface OptionalColumns {
  readonly address?: Part<Address>;
  readonly insurance?: Part<Pick<Insurance, 'provider'> & { readonly policyNumber: string | null }>;
  readonly emergencyContact?: Part<EmergencyContact>;
  readonly medicalHistory?: string | null | undefined;
  readonly allergies?: string | null | undefined;
  readonly medications?: string | null | undefined;
}

/** A new record. */
export type NewPatient = Pick<Patient, RequiredColumn | 'createdById'> & OptionalColumns;

/** The columns that can be changed; those that are undefined stay as they are. */
export type PatientChanges = {
  readonly [Column in RequiredColumn | 'isActive']?: Patient[Column] | undefined;
} & OptionalColumns;

/** The columns of a `PatientRow`, for statements written by hand. */
export const columns = Prisma.sql`id, first_name AS "firstName", last_name AS "lastName",
  date_of_birth AS "dateOfBirth", gender, phone, email, address, city, state, zip_code AS "zipCode", insurance,
  policy_number AS "policyNumber", policy_number_encrypted AS "policyNumberEncrypted", emergency_contact_name AS "emergencyContactName",
  emergency_contact_phone AS "emergencyContactPhone",
  emergency_contact_relationship AS "emergencyContactRelationship", medical_history AS "medicalHistory", allergies,
  medications, is_active AS "isActive", version, created_at AS "createdAt", updated_at AS "updatedAt",
  created_by AS "createdBy"`;

/** The spec lets `is_active` be null, which means true. */
export function toPatient(row: PatientRow): Patient {
  const { policyNumber, ...clinicalTexts } = storedTexts(row);
  return {
    ...clinicalTexts,
    id: row.id,
    firstName: row.firstName,
    lastName: row.lastName,
    dateOfBirth: row.dateOfBirth.toISOString().slice(0, 10),
    gender: genderMapping.fromColumn(row.gender),
    phone: row.phone,
    email: row.email,
    address: unlessEmpty({ line: row.address, city: row.city, state: row.state, zipCode: row.zipCode }),
    insurance: unlessEmpty({ provider: row.insurance, policyNumber }),
    emergencyContact: unlessEmpty({
      name: row.emergencyContactName,
      phone: row.emergencyContactPhone,
      relationship: row.emergencyContactRelationship,
    }),
    isActive: row.isActive ?? true,
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    createdById: row.createdBy,
  };
}

/** The texts of a new record, or of changes, that have to be encrypted. */
export function textsOf(texts: OptionalColumns): PatientTexts {
  const { medicalHistory, allergies, medications, insurance } = texts;
  return { medicalHistory, allergies, medications, policyNumber: partOf(insurance, 'policyNumber') };
}

/** A new record as Prisma takes it, but for its id and its encrypted texts. */
export function toNewRow(patient: NewPatient): Prisma.PatientUncheckedCreateInput {
  return {
    ...toOptionalColumns(patient),
    firstName: patient.firstName,
    lastName: patient.lastName,
    dateOfBirth: new Date(patient.dateOfBirth),
    gender: genderMapping.toColumn(patient.gender),
    phone: patient.phone,
    email: patient.email,
    createdBy: patient.createdById,
  };
}

/** Changes as Prisma takes them, but for encrypted texts. */
export function toRowChanges(changes: PatientChanges): Prisma.PatientUpdateManyMutationInput {
  const { firstName, lastName, dateOfBirth, gender, phone, email, isActive } = changes;
  return {
    ...toOptionalColumns(changes),
    firstName,
    lastName,
    dateOfBirth: dateOfBirth === undefined ? undefined : new Date(dateOfBirth),
    gender: gender === undefined ? undefined : genderMapping.toColumn(gender),
    phone,
    email,
    isActive,
  };
}

function toOptionalColumns({ address, insurance, emergencyContact }: OptionalColumns) {
  return {
    address: partOf(address, 'line'),
    city: partOf(address, 'city'),
    state: partOf(address, 'state'),
    zipCode: partOf(address, 'zipCode'),
    insurance: partOf(insurance, 'provider'),
    emergencyContactName: partOf(emergencyContact, 'name'),
    emergencyContactPhone: partOf(emergencyContact, 'phone'),
    emergencyContactRelationship: partOf(emergencyContact, 'relationship'),
  };
}

/** What becomes of one column of a group: nothing without the group, null with a group that is null. */
function partOf<Group extends object, Column extends keyof Group>(
  group: Group | null | undefined,
  column: Column,
): Group[Column] | null | undefined {
  return group === null ? null : group?.[column];
}

/** Null where every column of the group is null. */
function unlessEmpty<Group extends object>(group: Group): Group | null {
  return Object.values(group).every((value) => value === null) ? null : group;
}
