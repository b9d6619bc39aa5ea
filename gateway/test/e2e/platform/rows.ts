import type { Role } from '@caregraph/service-kit';
import { Client } from 'pg';

/** Runs SQL as the superuser in one database. */
export interface Rows extends AsyncDisposable {
  /** Runs a statement and returns the first column of its first row as a number, usually a new id. */
  number(sql: string, values?: readonly unknown[]): Promise<number>;
  run(sql: string, values?: readonly unknown[]): Promise<void>;
}

export async function connectRows(url: string): Promise<Rows> {
  const client = new Client({ connectionString: url, options: '-c TimeZone=UTC' });
  // A test may cut the connection; whatever is asked of it next fails then.
  client.on('error', () => undefined);
  await client.connect();
  const first = async (sql: string, values: readonly unknown[] = []): Promise<unknown> => {
    const { rows } = await client.query<unknown[]>({ text: sql, values: [...values], rowMode: 'array' });
    return rows[0]?.[0];
  };
  return {
    number: async (sql, values) => Number(await first(sql, values)),
    async run(sql, values) {
      await first(sql, values);
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}

/** A row of `users`, for the test that made it. */
export interface UserRow {
  readonly id: number;
  readonly role: Role;
  readonly firstName: string;
  readonly lastName: string;
}

/** Inserts a user who cannot log in by password. */
export async function insertUser(
  rows: Rows,
  role: Role,
  firstName: string,
  lastName: string,
): Promise<UserRow> {
  const id = await rows.number(
    `INSERT INTO users (email, password_hash, first_name, last_name, role)
     VALUES (gen_random_uuid() || '@clinic.example', '-', $1, $2, $3) RETURNING id`,
    [firstName, lastName, role.toLowerCase()],
  );
  return { id, role, firstName, lastName };
}

/** What matters of a patient in a test. */
export interface PatientValues {
  readonly firstName: string;
  readonly lastName: string;
  readonly dateOfBirth?: string;
  readonly allergies?: string;
  readonly createdBy: number;
}

/** Inserts a patient; returns the id. */
export function insertPatient(rows: Rows, patient: PatientValues): Promise<number> {
  return rows.number(
    `INSERT INTO patients (first_name, last_name, date_of_birth, gender, phone, email, allergies, created_by)
     VALUES ($1, $2, $3, 'female', '+1 555 0100', 'patient@clinic.example', $4, $5) RETURNING id`,
    [
      patient.firstName,
      patient.lastName,
      patient.dateOfBirth ?? '1980-01-01',
      patient.allergies ?? null,
      patient.createdBy,
    ],
  );
}

/** What matters of an appointment in a test. */
export interface AppointmentValues {
  readonly patientId: number;
  readonly doctorId: number;
  readonly createdBy: number;
  /** `YYYY-MM-DD HH:MM`, in UTC. */
  readonly dateTime: string;
  readonly reason?: string;
}

/** Inserts a scheduled consultation of half an hour; returns the id. */
export function insertAppointment(rows: Rows, appointment: AppointmentValues): Promise<number> {
  return rows.number(
    `INSERT INTO appointments (patient_id, doctor_id, date_time, duration, type, status, reason, created_by)
     VALUES ($1, $2, $3, 30, 'consultation', 'scheduled', $4, $5) RETURNING id`,
    [
      appointment.patientId,
      appointment.doctorId,
      appointment.dateTime,
      appointment.reason ?? 'Check-up',
      appointment.createdBy,
    ],
  );
}
