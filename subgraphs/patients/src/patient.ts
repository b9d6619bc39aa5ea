import type { StoredText } from '@caregraph/encryption';
import { defineEnumMapping, type Connection, type InputProblem } from '@caregraph/service-kit';
import type { Gender, PatientServiceErrorCode } from './generated/graphql.js';

/** A row of the spec's `patients`; the parts of which nothing is known are null, clinical content is as it is stored. */
export interface Patient {
  readonly id: number;
  readonly firstName: string;
  readonly lastName: string;
  /** `YYYY-MM-DD`. */
  readonly dateOfBirth: string;
  readonly gender: Gender;
  readonly phone: string;
  readonly email: string;
  readonly address: Address | null;
  readonly insurance: Insurance | null;
  readonly emergencyContact: EmergencyContact | null;
  readonly medicalHistory: StoredText | null;
  readonly allergies: StoredText | null;
  readonly medications: StoredText | null;
  readonly isActive: boolean;
  readonly version: number;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
  readonly createdById: number;
}

export interface Address {
  readonly line: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly zipCode: string | null;
}

export interface Insurance {
  readonly provider: string | null;
  readonly policyNumber: StoredText | null;
}

export interface EmergencyContact {
  readonly name: string | null;
  readonly phone: string | null;
  readonly relationship: string | null;
}

export type PatientConnection = Connection<Patient>;

/** What a mutation of a patient answers: the patient, or why not. */
export interface PatientOutcome {
  readonly patient: Patient | null;
  readonly userErrors: readonly PatientError[];
}

/** A reason why a request was not carried out. */
export interface PatientError {
  readonly code: PatientServiceErrorCode;
  readonly message: string;
  readonly field: readonly string[] | null;
}

/** `Gender` ↔ `patients.gender`. */
export const genderMapping = defineEnumMapping({ MALE: 'male', FEMALE: 'female', OTHER: 'other' });

/** A patient's given and family name. */
export function fullName(patient: Patient): string {
  return `${patient.firstName} ${patient.lastName}`;
}

/**
 * Completed years on the day that `instant` is in UTC, as PostgreSQL's `age()` counts them: somebody born on
 * 29 February completes a year on 1 March where the year has no such day.
 */
export function ageOn(dateOfBirth: string, instant: Date): number {
  const today = instant.toISOString().slice(0, 10);
  const years = Number(today.slice(0, 4)) - Number(dateOfBirth.slice(0, 4));
  return today.slice(5) < dateOfBirth.slice(5) ? years - 1 : years;
}

/** A refusal for one reason. */
export function refused(
  code: PatientServiceErrorCode,
  message: string,
  field: readonly string[] | null,
): PatientOutcome {
  return { patient: null, userErrors: [{ code, message, field }] };
}

/** A refusal for the rules that an input breaks. */
export function invalid(problems: readonly InputProblem[]): PatientOutcome {
  return { patient: null, userErrors: problems };
}

/** The refusals that every change of a record knows. */
export const notFound = refused('NOT_FOUND', 'There is no such patient.', ['id']);
export const stale = refused('STALE_VERSION', 'The record has changed meanwhile; read it again.', [
  'version',
]);
