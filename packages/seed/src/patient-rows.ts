import { randomClinicalContent, type ClinicalContent } from './clinical-content.js';
import { randomAddress, randomInsurance, randomPhone, type Address } from './contact-details.js';
import { mailboxName, randomName, type Gender, type Name } from './names.js';
import { createRandom, type Random } from './random.js';
import { dayLength, timestamp, type CopyValue, type TableRows } from './table-rows.js';

/** The domain of all patients' addresses: one that cannot exist (RFC 2606), so that nobody gets mail. */
export const patientMailDomain = 'mail.example';

/** Every so many patients, one comes often; the first one does. */
export const frequentEvery = 20;
/** Every so many patients, one has left and is inactive; the last one of each so many. */
export const inactiveEvery = 50;

/** A patient's record before it becomes a row. */
export interface PatientRecord extends Name, ClinicalContent {
  readonly id: number;
  readonly gender: Gender;
  /** YYYY-MM-DD */
  readonly dateOfBirth: string;
  readonly phone: string;
  readonly email: string;
  readonly address: Address | null;
  readonly insurance: { readonly provider: string; readonly policyNumber: string } | null;
  readonly emergencyContact: {
    readonly name: string;
    readonly phone: string;
    readonly relationship: string;
  } | null;
  readonly isActive: boolean;
  readonly createdAt: number;
  readonly createdBy: number;
}

/** Which patients to make. */
export interface PatientsPlan {
  readonly seed: string;
  /** Midnight in UTC, in milliseconds since 1970. */
  readonly today: number;
  readonly firstId: number;
  readonly count: number;
  /** Users who register patients. */
  readonly creatorIds: readonly number[];
}

/** Patients of all ages and many origins; the same ones for the same plan. */
export function* patientRecords(plan: PatientsPlan): Generator<PatientRecord, void> {
  const random = createRandom(`${plan.seed}/patients`);
  for (let index = 0; index < plan.count; index += 1) yield patientRecord(random, plan, index);
}

/** The rows of `patients` for these records. */
export function patientRows(records: Iterable<PatientRecord>, count: number): TableRows {
  return {
    table: 'patients',
    columns: columnsOf,
    count,
    rows: rowsOf(records),
  };
}

const columnsOf = [
  ...['id', 'first_name', 'last_name', 'date_of_birth', 'gender', 'phone', 'email'],
  ...['address', 'city', 'state', 'zip_code', 'insurance', 'policy_number'],
  ...['emergency_contact_name', 'emergency_contact_phone', 'emergency_contact_relationship'],
  ...['medical_history', 'allergies', 'medications', 'is_active', 'created_at', 'updated_at', 'created_by'],
];

function* rowsOf(records: Iterable<PatientRecord>): Generator<readonly CopyValue[], void> {
  for (const record of records) {
    const { address, insurance, emergencyContact } = record;
    const createdAt = timestamp(record.createdAt);
    yield [
      ...[record.id, record.firstName, record.lastName, record.dateOfBirth, record.gender],
      ...[record.phone, record.email],
      ...[address?.line ?? null, address?.city ?? null, address?.state ?? null, address?.zipCode ?? null],
      ...[insurance?.provider ?? null, insurance?.policyNumber ?? null],
      ...[emergencyContact?.name ?? null, emergencyContact?.phone ?? null],
      emergencyContact?.relationship ?? null,
      ...[record.medicalHistory, record.allergies, record.medications, record.isActive],
      ...[createdAt, createdAt, record.createdBy],
    ];
  }
}

function patientRecord(random: Random, plan: PatientsPlan, index: number): PatientRecord {
  const id = plan.firstId + index;
  const gender = random.pickWeighted<Gender>([
    ['female', 49],
    ['male', 48],
    ['other', 3],
  ]);
  const name = randomName(random, gender);
  const contact = randomName(random, random.chance(0.5) ? 'female' : 'male');
  const relationship = random.pick(['Spouse', 'Parent', 'Child', 'Sibling', 'Friend']);
  return {
    id,
    ...name,
    gender,
    dateOfBirth: new Date(plan.today - random.integer(5 * 365, 96 * 365) * dayLength)
      .toISOString()
      .slice(0, 10),
    phone: randomPhone(random),
    email: `${mailboxName(name)}.${id}@${patientMailDomain}`,
    address: random.chance(0.95) ? randomAddress(random) : null,
    insurance: random.chance(0.85) ? randomInsurance(random) : null,
    emergencyContact: random.chance(0.8)
      ? { name: `${contact.firstName} ${contact.lastName}`, phone: randomPhone(random), relationship }
      : null,
    ...randomClinicalContent(random, index % frequentEvery === 0),
    isActive: isActivePatient(index),
    createdAt: plan.today - random.integer(365 * 1440, 4 * 365 * 1440) * 60_000,
    createdBy: random.pick(plan.creatorIds),
  };
}

/** Whether the patient at this place of a plan is active. */
export function isActivePatient(index: number): boolean {
  return index % inactiveEvery !== inactiveEvery - 1;
}
