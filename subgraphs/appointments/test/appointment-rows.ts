import type { Client } from 'pg';
import { newId } from './appointments-service.js';

/** What a row has that is written past the service; the rest is of its own. */
export interface AppointmentRow {
  readonly doctorId?: string;
  /** As the column has it, such as `in-progress`. */
  readonly status?: string;
  /** When it begins, in minutes from now, by the clock of the database. */
  readonly inMinutes?: number;
}

/** Writes an appointment, at any time and with any status, and returns its id. */
export async function insertAppointment(
  database: Pick<Client, 'query'>,
  { doctorId = newId(), status = 'scheduled', inMinutes = 0 }: AppointmentRow = {},
): Promise<string> {
  const { rows } = await database.query<{ id: string }>(
    `INSERT INTO appointments (patient_id, doctor_id, date_time, duration, type, status, reason, created_by)
     VALUES ($1, $2, (now() AT TIME ZONE 'UTC') + $3 * interval '1 minute', 30, 'consultation', $4, 'x', 1)
     RETURNING id::text`,
    [newId(), doctorId, inMinutes, status],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('Nothing was written.');
  return row.id;
}
