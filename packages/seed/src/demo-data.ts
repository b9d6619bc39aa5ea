import { appointmentRecords, appointmentRows } from './appointment-rows.js';
import type { AppointmentsPlan } from './appointments-plan.js';
import { demoAccounts } from './demo-accounts.js';
import { patientMailDomain, patientRecords, patientRows, type PatientRecord } from './patient-rows.js';
import { dayLength, type DataSet } from './table-rows.js';
import { userRows } from './user-rows.js';
import { scheduleRows, workingWeek, type WorkingDoctor } from './working-week.js';

/** How many patients the demo has; their ids begin with 1. */
export const demoPatientCount = 200;

const seed = 'caregraph';
const doctorOfTheTour = 2;

/**
 * The demo's rows: the accounts, the patients, and what the doctors do from a month ago until in two weeks. The
 * doctor of the README's first query works every day, so that there is always something to see today.
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
    patients: [patientRows(withAlice(patients), demoPatientCount)],
    appointments: [...scheduleRows(doctors), appointmentRows(appointmentRecords(plan), plan.count)],
  };
}

/** Makes the first patient the Alice of the examples, who has allergies. */
function* withAlice(records: Iterable<PatientRecord>): Generator<PatientRecord, void> {
  for (const record of records) {
    if (record.id !== 1) yield record;
    else {
      yield {
        ...record,
        ...{ firstName: 'Alice', lastName: 'Moreau', gender: 'female', dateOfBirth: '1985-06-21' },
        email: `alice.moreau@${patientMailDomain}`,
        ...{ medicalHistory: 'Asthma', medications: 'Salbutamol inhaler as needed' },
        allergies: 'Penicillin (rash); Peanuts (anaphylaxis)',
      };
    }
  }
}
