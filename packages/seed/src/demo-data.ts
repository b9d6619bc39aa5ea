import { appointmentRecords, appointmentRows } from './appointment-rows.js';
import type { AppointmentsPlan } from './appointments-plan.js';
import { demoAccounts } from './demo-accounts.js';
import { patientMailDomain, patientRecords, patientRows, type PatientRecord } from './patient-rows.js';
import { dayLength, timestamp, type DataSet, type TableRows } from './table-rows.js';
import { userRows } from './user-rows.js';
import { scheduleRows, workingWeek, type WorkingDoctor } from './working-week.js';

/** How many patients the demo has; their ids begin with 1. */
export const demoPatientCount = 200;

/** The patient of the demo who is restricted: a member of the front desk, who comes often. */
export const restrictedPatientId = 41;

const seed = 'caregraph';
const administrator = 1;
const doctorOfTheTour = 2;
const nurseOfTheTour = 3;

/**
 * The demo's rows: the accounts, the patients, and what the doctors do from a month ago until in two weeks. The
 * doctor of the README's first query works every day, so that there is always something to see today. One patient works at the clinic, and only a care
 * team sees the record.
 *
 * @param today midnight in UTC, in milliseconds since 1970
 */
export function demoData(today: number, passwordHash: string): DataSet {
  const frontDesk = demoAccounts
    .filter(({ role }) => role === 'staff' || role === 'nurse')
    .map(({ id }) => id);
  const doctors = demoAccounts
    .filter(({ role }) => role === 'doctor')
    .map<WorkingDoctor>(({ id }, index) => ({
      id,
      week: workingWeek(8 + (index % 2), { weekends: id === doctorOfTheTour }),
    }));
  const patients = patientRecords({
    ...{ seed, today, firstId: 1, count: demoPatientCount },
    creatorIds: frontDesk,
  });
  const plan: AppointmentsPlan = {
    ...{ seed, today, firstDay: today - 31 * dayLength, days: 46 },
    count: 1_600,
    doctors,
    patients: { firstId: 1, count: demoPatientCount },
    creatorIds: frontDesk,
  };
  return {
    users: [userRows(demoAccounts, { passwordHash, today })],
    patients: [
      patientRows(withKnownPeople(patients), demoPatientCount),
      ...restrictionRows(today, [doctorOfTheTour, nurseOfTheTour]),
    ],
    appointments: [...scheduleRows(doctors), appointmentRows(appointmentRecords(plan), plan.count, 1)],
  };
}

/**
 * People of the examples, by the ids that they have among the patients: Alice has allergies, Şebnem works here. Nobody
 * else has her family name, so that a search for it shows who may see her record.
 */
const knownPeople: ReadonlyMap<number, Partial<PatientRecord>> = new Map([
  [
    1,
    {
      ...{ firstName: 'Alice', lastName: 'Moreau', gender: 'female', dateOfBirth: '1985-06-21' },
      email: `alice.moreau@${patientMailDomain}`,
      ...{ medicalHistory: 'Asthma', medications: 'Salbutamol inhaler as needed' },
      allergies: 'Penicillin (rash); Peanuts (anaphylaxis)',
    },
  ],
  [
    restrictedPatientId,
    {
      ...{ firstName: 'Şebnem', lastName: 'Yıldız', gender: 'female', dateOfBirth: '1991-09-14' },
      email: `sebnem.yildiz@${patientMailDomain}`,
    },
  ],
  [166, { lastName: 'Aydoğan-Größmann', email: `omer.aydogan-grossmann.166@${patientMailDomain}` }],
]);

function* withKnownPeople(records: Iterable<PatientRecord>): Generator<PatientRecord, void> {
  for (const record of records) yield { ...record, ...knownPeople.get(record.id) };
}

/** Restricts the record of the member of staff to this care team. */
function restrictionRows(today: number, careTeam: readonly number[]): TableRows[] {
  const since = timestamp(today - 90 * dayLength);
  const restriction = [restrictedPatientId, 'Works at the front desk', administrator, since];
  return [
    {
      table: 'patient_restrictions',
      columns: ['patient_id', 'reason', 'restricted_by', 'restricted_at'],
      count: 1,
      rows: [restriction],
    },
    {
      table: 'care_team_members',
      columns: ['patient_id', 'user_id', 'added_by', 'added_at'],
      count: careTeam.length,
      rows: careTeam.map((userId) => [restrictedPatientId, userId, administrator, since]),
    },
  ];
}
