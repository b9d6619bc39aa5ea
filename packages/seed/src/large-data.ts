import { appointmentRecords, appointmentRows } from './appointment-rows.js';
import type { AppointmentsPlan } from './appointments-plan.js';
import type { DataSetOptions } from './command-line.js';
import { patientRecords, patientRows } from './patient-rows.js';
import { dayLength, type DataSet } from './table-rows.js';
import { userRecords, userRows } from './user-rows.js';
import { scheduleRows, workingWeek, type WorkingDoctor } from './working-week.js';

/** The ids with which the new rows begin. */
export interface FirstIds {
  readonly users: number;
  readonly patients: number;
  readonly appointments: number;
}

/** How many people of the front desk come with so many doctors: they register patients and book. */
export function staffFor(doctors: number): number {
  return Math.max(1, Math.ceil(doctors / 5));
}

/**
 * The rows of a large data set: new doctors and staff, new patients, and what these have with each other. The
 * same ones for the same options and first ids.
 *
 * @throws DataSizeError when there are more appointments than fit
 */
export function largeData(options: DataSetOptions, firstIds: FirstIds, passwordHash: string): DataSet {
  const { seed, today, days } = options;
  const staff = staffFor(options.doctors);
  const users = userRecords({ seed, firstId: firstIds.users, doctors: options.doctors, staff });
  const creatorIds = users.filter(({ role }) => role === 'staff').map(({ id }) => id);
  const doctors = users
    .filter(({ role }) => role === 'doctor')
    .map<WorkingDoctor>(({ id }, index) => ({ id, week: workingWeek(7 + (index % 3), { weekends: false }) }));
  const patients = { firstId: firstIds.patients, count: options.patients };
  const plan: AppointmentsPlan = {
    ...{ seed, today, days, doctors, patients, creatorIds, count: options.appointments },
    firstDay: today - Math.floor((days * 3) / 4) * dayLength,
  };
  const appointments = appointmentRows(appointmentRecords(plan), plan.count, firstIds.appointments);
  return {
    users: [userRows(users, { passwordHash, today })],
    patients: [patientRows(patientRecords({ seed, today, ...patients, creatorIds }), patients.count)],
    appointments: [...scheduleRows(doctors), appointments],
  };
}
