import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { DatabaseError, Pool } from 'pg';
import { sharedDatabase } from '../../../test/cluster.js';
import { userViewer } from '../../../test/subgraph-client.js';
import { newBooking, newId } from './appointments-service.js';
import { isExhaustive } from '../../../test/effort.js';
import { BookAppointmentDocument, type BookAppointmentInput } from './generated/operations.js';
import { findOverlaps } from './racers.js';
import { runRounds } from './rounds.js';
import { startTwoProcesses, type TwoProcesses } from './two-processes.js';

const nurse = userViewer('NURSE');
const seed = 20_260_301;
/** For machines that are busy: the rounds are many. */
const patience = { timeout: isExhaustive ? 3_600_000 : 240_000 };
let processes: TwoProcesses;
let database: Pool;

beforeAll(async () => {
  processes = await startTwoProcesses();
  database = new Pool({ connectionString: sharedDatabase('appointments').databaseUrl, max: 8 });
});
afterAll(async () => {
  await database.end();
  await processes[Symbol.asyncDispose]();
});

/** What came of an attempt: `'BOOKED'`, or the codes of the refusal. */
async function book(attempt: number, input: BookAppointmentInput): Promise<string> {
  const client = processes.processOf(attempt);
  const { data, errors } = await client.ask(nurse, BookAppointmentDocument, { input });
  if (errors !== undefined) return errors.map(({ extensions }) => String(extensions?.['code'])).join();
  const { appointment, userErrors } = data.bookAppointment;
  return appointment === null ? userErrors.map(({ code }) => code).join() : 'BOOKED';
}

/** The same attempt past the service, as with psql: `'BOOKED'`, or PostgreSQL's code. */
async function insert({ patientId, doctorId, dateTime, duration }: BookAppointmentInput): Promise<string> {
  try {
    await database.query(
      `INSERT INTO appointments (patient_id, doctor_id, date_time, duration, type, status, reason, created_by)
       VALUES ($1, $2, $3::timestamptz AT TIME ZONE 'UTC', $4, 'emergency', 'scheduled', 'x', 1)`,
      [patientId, doctorId, dateTime, duration],
    );
    return 'BOOKED';
  } catch (error) {
    if (error instanceof DatabaseError) return String(error.code);
    throw error;
  }
}

describe('one slot', () => {
  /** Twenty times that all hold half past nine, and when among them the row is written past the service. */
  const rounds = fc.sample(
    fc.record({
      times: fc.array(
        fc.record({ before: fc.integer({ min: 0, max: 20 }), after: fc.integer({ min: 15, max: 60 }) }),
        {
          minLength: 20,
          maxLength: 20,
        },
      ),
      insertAt: fc.integer({ min: 0, max: 20 }),
    }),
    { seed, numRuns: isExhaustive ? 5_000 : 120 },
  );

  it(
    'goes to one of twenty-one at once, over two processes and past both; the others get SLOT_TAKEN',
    patience,
    async () => {
      await runRounds(rounds, 4, async ({ times, insertAt }) => {
        const doctorId = newId();
        const inputs = times.map(({ before, after }) =>
          newBooking({
            doctorId,
            dateTime: new Date(Date.parse('2100-03-01T09:30:00Z') - before * 60_000).toISOString(),
            duration: before + after,
          }),
        );
        const attempts = inputs.map((input, attempt) => () => book(attempt, input));
        attempts.splice(insertAt, 0, () =>
          insert(newBooking({ doctorId, dateTime: '2100-03-01T09:30:00Z' })),
        );
        const outcomes = await Promise.all(attempts.map((attempt) => attempt()));
        const [inserted] = outcomes.splice(insertAt, 1);
        const expected = inserted === 'BOOKED' ? [] : ['BOOKED'];
        expect(inserted).toMatch(/^(BOOKED|23P01)$/);
        expect(outcomes.filter((outcome) => outcome !== 'SLOT_TAKEN')).toEqual(expected);
        expect(await findOverlaps(database, doctorId)).toEqual([]);
      });
    },
  );
});

describe('a few doctors and patients', () => {
  it(
    'are each booked at most once, and nobody is left out who could have been booked',
    patience,
    async () => {
      await runRounds(Array.from({ length: isExhaustive ? 1_000 : 20 }), 2, async () => {
        const doctors = [newId(), newId(), newId()];
        const patients = [newId(), newId(), newId()];
        const pairs = doctors.flatMap((doctorId) => patients.map((patientId) => ({ doctorId, patientId })));
        const outcomes = await Promise.all(
          [...pairs, ...pairs].map((pair, attempt) => book(attempt, newBooking(pair))),
        );
        expect(outcomes.filter((outcome) => outcome === 'BOOKED')).toHaveLength(3);
        expect(outcomes.filter((outcome) => !/^(BOOKED|SLOT_TAKEN|PATIENT_CONFLICT)$/.test(outcome))).toEqual(
          [],
        );
        expect(await findOverlaps(database, ...doctors)).toEqual([]);
      });
    },
  );
});

describe('two bookings under one key at once, over two processes', () => {
  const rounds = Array.from({ length: isExhaustive ? 3_000 : 30 }, (_, round) => round);

  /** The id that the booking led to, or the codes of the refusal. */
  async function bookUnderKey(attempt: number, input: BookAppointmentInput): Promise<string> {
    const client = processes.processOf(attempt);
    const { data, errors } = await client.ask(nurse, BookAppointmentDocument, { input });
    if (errors !== undefined) return JSON.stringify(errors);
    const { appointment, userErrors } = data.bookAppointment;
    return appointment?.id ?? userErrors.map(({ code }) => code).join();
  }

  /** The ids of what is booked of these doctors. */
  async function findBooked(...doctorIds: readonly string[]): Promise<string[]> {
    const { rows } = await database.query<{ id: string }>(
      'SELECT id::text FROM appointments WHERE doctor_id = ANY ($1::integer[])',
      [doctorIds],
    );
    return rows.map(({ id }) => id);
  }

  it('are one appointment when their input is the same', patience, async () => {
    await runRounds(rounds, 4, async (round) => {
      const input = newBooking({ idempotencyKey: randomUUID() });
      const ids = await Promise.all([0, 1, 2].map((attempt) => bookUnderKey(round + attempt, input)));
      const [id = ''] = ids;
      expect(ids).toEqual([id, id, id]);
      expect(await findBooked(input.doctorId)).toEqual([id]);
    });
  });

  it(
    'are one appointment and IDEMPOTENCY_KEY_REUSED when their input is not, whoever the doctors are',
    patience,
    async () => {
      await runRounds(rounds, 4, async (round) => {
        const input = newBooking({ idempotencyKey: randomUUID() });
        const isOfOneDoctor = round % 4 < 2;
        const other = { ...input, ...(isOfOneDoctor ? { duration: 45 } : { doctorId: newId() }) };
        const answers = await Promise.all([bookUnderKey(round, input), bookUnderKey(round + 1, other)]);
        const ids = answers.filter((answer) => answer !== 'IDEMPOTENCY_KEY_REUSED');
        expect(ids).toHaveLength(1);
        expect(await findBooked(input.doctorId, other.doctorId)).toEqual(ids);
      });
    },
  );
});
