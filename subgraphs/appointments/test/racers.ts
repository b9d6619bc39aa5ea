import { DatabaseError, Pool } from 'pg';
import { createScratchDatabase } from '../../../test/cluster.js';
import { userViewer, type Answer } from '../../../test/subgraph-client.js';
import { newBooking } from './appointments-service.js';
import {
  BookAppointmentDocument,
  CancelAppointmentDocument,
  RescheduleAppointmentDocument,
  UpdateAppointmentDocument,
  type BookAppointmentInput,
  type RescheduleAppointmentInput,
} from './generated/operations.js';
import { startTwoProcesses } from './two-processes.js';

/** What came of an attempt: `'DONE'` or the codes of the refusal, and the appointment's id where it was done. */
export interface Attempt {
  readonly outcome: string;
  readonly id: string;
}

/** Two processes of the service, one after the other asked, over a database in which emergencies have buffers. */
export interface Racers extends AsyncDisposable {
  readonly database: Pool;
  book(at: number, input: Partial<BookAppointmentInput>, viewer?: RacingViewer): Promise<Attempt>;
  move(at: number, input: RescheduleAppointmentInput, viewer?: RacingViewer): Promise<Attempt>;
  cancel(at: number, id: string): Promise<Attempt>;
  /** Makes it an emergency, with an emergency's buffers. */
  makeUrgent(at: number, id: string): Promise<Attempt>;
  /** Books past the service, as with psql, without buffers: `'DONE'`, or PostgreSQL's code. */
  insert(input: Partial<BookAppointmentInput>): Promise<Attempt>;
}

type RacingViewer = ReturnType<typeof userViewer>;

/** Starts both, over a database that is dropped with them. Emergencies take ten minutes before and five after. */
export async function startRacers(): Promise<Racers> {
  const scratch = await createScratchDatabase('appointments');
  const owner = new Pool({ connectionString: scratch.migrationUrl, max: 8 });
  await owner.query(
    `INSERT INTO appointment_type_rules (type, buffer_before, buffer_after, minimum_notice)
     VALUES ('emergency', 10, 5, 0)`,
  );
  const processes = await startTwoProcesses({ APPOINTMENTS_DATABASE_URL: scratch.databaseUrl });
  const { processOf } = processes;
  const nurse = userViewer('NURSE');

  return {
    database: owner,
    async book(at, input, viewer = nurse) {
      const answer = await processOf(at).ask(viewer, BookAppointmentDocument, { input: newBooking(input) });
      return toAttempt(answer, ({ bookAppointment }) => bookAppointment);
    },
    async move(at, input, viewer = nurse) {
      const answer = await processOf(at).ask(viewer, RescheduleAppointmentDocument, { input });
      return toAttempt(answer, ({ rescheduleAppointment }) => rescheduleAppointment);
    },
    async cancel(at, id) {
      const answer = await processOf(at).ask(nurse, CancelAppointmentDocument, { input: { id } });
      return toAttempt(answer, ({ change }) => change);
    },
    async makeUrgent(at, id) {
      const input = { id, type: 'EMERGENCY' } as const;
      const answer = await processOf(at).ask(nurse, UpdateAppointmentDocument, { input });
      return toAttempt(answer, ({ updateAppointment }) => updateAppointment);
    },
    async insert(input) {
      const { patientId, doctorId, dateTime, duration } = newBooking(input);
      try {
        const { rows } = await owner.query<{ id: string }>(
          `INSERT INTO appointments (patient_id, doctor_id, date_time, duration, type, status, reason, created_by)
           VALUES ($1, $2, $3::timestamptz AT TIME ZONE 'UTC', $4, 'consultation', 'scheduled', 'x', 1)
           RETURNING id::text`,
          [patientId, doctorId, dateTime, duration],
        );
        return { outcome: 'DONE', id: rows[0]?.id ?? '' };
      } catch (error) {
        if (error instanceof DatabaseError) return { outcome: String(error.code), id: '' };
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      await owner.end();
      await processes[Symbol.asyncDispose]();
      await scratch[Symbol.asyncDispose]();
    },
  };
}

interface Payload {
  readonly appointment: { readonly id: string } | null;
  readonly userErrors: readonly { readonly code: string }[];
}

function toAttempt<Data>({ data, errors }: Answer<Data>, payloadOf: (data: Data) => Payload): Attempt {
  if (errors !== undefined) return { outcome: JSON.stringify(errors), id: '' };
  const { appointment, userErrors } = payloadOf(data);
  return { outcome: userErrors.map(({ code }) => code).join() || 'DONE', id: appointment?.id ?? '' };
}

/** The outcomes of attempts that were made at once, in the order of the attempts. */
export async function outcomesOf(...attempts: readonly Promise<Attempt>[]): Promise<string[]> {
  return (await Promise.all(attempts)).map(({ outcome }) => outcome);
}

/** Which appointments of these doctors take the same time, buffers included, though neither is exempt: ever none. */
export async function findOverlaps(
  database: Pick<Pool, 'query'>,
  ...doctorIds: readonly string[]
): Promise<object[]> {
  const { rows } = await database.query<object>(
    `WITH taken AS (
       SELECT id, doctor_id, overrides_doctor_overlap AS is_exempt,
         tsrange(date_time - buffer_before * interval '1 minute',
           date_time + (duration + buffer_after) * interval '1 minute') AS time
       FROM appointments
       WHERE doctor_id = ANY ($1::integer[]) AND is_active IS NOT FALSE
         AND status IN ('scheduled', 'confirmed', 'in-progress'))
     SELECT one, other FROM taken AS one JOIN taken AS other USING (doctor_id)
     WHERE one.id < other.id AND one.time && other.time AND NOT one.is_exempt AND NOT other.is_exempt`,
    [doctorIds],
  );
  return rows;
}
