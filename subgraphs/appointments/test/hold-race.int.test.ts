import { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sharedDatabase } from '../../../test/cluster.js';
import { isExhaustive } from '../../../test/effort.js';
import { userViewer } from '../../../test/subgraph-client.js';
import { newBooking, newId } from './appointments-service.js';
import {
  BookAppointmentDocument,
  HoldSlotDocument,
  ReleaseHoldDocument,
  RescheduleAppointmentDocument,
} from './generated/operations.js';
import { runRounds } from './rounds.js';
import { startTwoProcesses, type TwoProcesses } from './two-processes.js';

const rounds = Array.from({ length: isExhaustive ? 3_000 : 30 }, (_, round) => round);
/** For machines that are busy: the rounds are many. */
const patience = { timeout: isExhaustive ? 3_600_000 : 120_000 };
const morning = '2100-03-01T09:00:00Z';
/** The doctors of a test, of whom none has an appointment and a hold, or two of either, at one time afterwards. */
let doctors: string[] = [];
let processes: TwoProcesses;
let owner: Pool;

beforeAll(async () => {
  processes = await startTwoProcesses();
  owner = new Pool({ connectionString: sharedDatabase('appointments').migrationUrl, max: 4 });
});
afterAll(async () => {
  await owner.end();
  await processes[Symbol.asyncDispose]();
});

afterEach(async () => {
  const { rows } = await owner.query(
    `WITH taken AS (
       SELECT 'appointment' AS kind, id, doctor_id, tsrange(date_time, date_time + duration * interval '1 minute') AS time
       FROM appointments WHERE status = 'scheduled'
       UNION ALL
       SELECT 'hold', id, doctor_id, tsrange(date_time, date_time + duration * interval '1 minute') FROM slot_holds)
     SELECT one.doctor_id FROM taken AS one JOIN taken AS other USING (doctor_id)
     WHERE one.doctor_id = ANY ($1::integer[]) AND (one.kind, one.id) < (other.kind, other.id) AND one.time && other.time`,
    [doctors],
  );
  expect(rows).toEqual([]);
  doctors = [];
});

function newDoctor(): string {
  const doctorId = newId();
  doctors.push(doctorId);
  return doctorId;
}

interface Attempt {
  readonly doctorId: string;
  readonly dateTime?: string;
  readonly holdId?: string;
}

function outcomeOf(
  success: string,
  { userErrors }: { readonly userErrors: readonly { code: string }[] },
): string {
  return userErrors.length === 0 ? success : userErrors.map(({ code }) => code).join();
}

async function book(process: number, attempt: Attempt, viewer = userViewer('STAFF')): Promise<string> {
  const { data, errors } = await processes.processOf(process).ask(viewer, BookAppointmentDocument, {
    input: newBooking(attempt),
  });
  return errors === undefined ? outcomeOf('BOOKED', data.bookAppointment) : JSON.stringify(errors);
}

/** Holds half an hour from nine on, and says with which id. */
async function hold(
  process: number,
  { doctorId, dateTime = morning }: Attempt,
  viewer = userViewer('STAFF'),
) {
  const { data, errors } = await processes.processOf(process).ask(viewer, HoldSlotDocument, {
    input: { doctorId, dateTime, duration: 30, type: 'EMERGENCY' },
  });
  const outcome = errors === undefined ? outcomeOf('HELD', data.holdSlot) : JSON.stringify(errors);
  return { outcome, holdId: data.holdSlot.slotHold?.id ?? '' };
}

/** The outcomes in the order of the alphabet: who comes first is left to the race. */
async function race(
  ...attempts: readonly Promise<string | { readonly outcome: string }>[]
): Promise<string[]> {
  const outcomes = await Promise.all(attempts);
  return outcomes.map((outcome) => (typeof outcome === 'string' ? outcome : outcome.outcome)).sort();
}

describe('of those who come at once, over two processes', () => {
  it('either one who books or one who holds gets the time', patience, async () => {
    await runRounds(rounds, 4, async (round) => {
      const doctorId = newDoctor();
      const outcomes = await race(
        hold(round, { doctorId }),
        book(round + 1, { doctorId, dateTime: '2100-03-01T08:45:00Z' }),
        hold(round + 1, { doctorId, dateTime: '2100-03-01T09:05:00Z' }),
        book(round, { doctorId, dateTime: '2100-03-01T09:10:00Z' }),
      );
      expect(outcomes.filter((outcome) => outcome === 'SLOT_TAKEN')).toHaveLength(3);
      expect(outcomes.filter((outcome) => /^(BOOKED|HELD)$/.test(outcome))).toHaveLength(1);
    });
  });

  it('one holds the time, also where another hold has just expired', patience, async () => {
    await runRounds(rounds, 4, async (round) => {
      const doctorId = newDoctor();
      const { holdId } = await hold(round, { doctorId });
      await owner.query(
        `UPDATE slot_holds SET created_at = created_at - interval '1 hour', expires_at = expires_at - interval '1 hour'
         WHERE id = $1`,
        [holdId],
      );
      const outcomes = await race(...[0, 1, 2, 3].map((process) => hold(process, { doctorId })));
      expect(outcomes).toEqual(['HELD', 'SLOT_TAKEN', 'SLOT_TAKEN', 'SLOT_TAKEN']);
    });
  });

  it('one books with a hold, and nobody past it', patience, async () => {
    await runRounds(rounds, 4, async (round) => {
      const doctorId = newDoctor();
      const holder = userViewer('STAFF');
      const { holdId } = await hold(round, { doctorId }, holder);
      const outcomes = await race(
        book(round, { doctorId }),
        book(round, { doctorId, holdId }, holder),
        book(round + 1, { doctorId, holdId }, holder),
        hold(round + 1, { doctorId }),
      );
      expect(outcomes).toEqual(['BOOKED', 'HOLD_EXPIRED', 'SLOT_TAKEN', 'SLOT_TAKEN']);
    });
  });

  it('a hold is booked or released', patience, async () => {
    await runRounds(rounds, 4, async (round) => {
      const doctorId = newDoctor();
      const holder = userViewer('STAFF');
      const { holdId } = await hold(round, { doctorId }, holder);
      const release = async (): Promise<string> => {
        const answer = await processes
          .processOf(round + 1)
          .ask(holder, ReleaseHoldDocument, { input: { id: holdId } });
        return outcomeOf('RELEASED', answer.data.releaseHold);
      };
      const outcomes = await race(book(round, { doctorId, holdId }, holder), release());
      expect([
        ['BOOKED', 'NOT_FOUND'],
        ['HOLD_EXPIRED', 'RELEASED'],
      ]).toContainEqual(outcomes);
    });
  });

  it('a hold or an appointment that is moved there gets the time', patience, async () => {
    await runRounds(rounds, 4, async (round) => {
      const doctorId = newDoctor();
      const viewer = userViewer('NURSE');
      const booking = newBooking({ doctorId, dateTime: '2100-03-01T15:00:00Z' });
      const { data } = await processes
        .processOf(round)
        .ask(viewer, BookAppointmentDocument, { input: booking });
      const move = async (): Promise<string> => {
        const input = { id: data.bookAppointment.appointment?.id ?? '', dateTime: morning };
        const answer = await processes
          .processOf(round + 1)
          .ask(viewer, RescheduleAppointmentDocument, { input });
        return outcomeOf('MOVED', answer.data.rescheduleAppointment);
      };
      const outcomes = await race(hold(round, { doctorId }), move());
      expect([
        ['HELD', 'SLOT_TAKEN'],
        ['MOVED', 'SLOT_TAKEN'],
      ]).toContainEqual(outcomes);
    });
  });

  it('twenty of a user’s hold times of as many doctors', patience, async () => {
    await runRounds(rounds.slice(0, rounds.length / 20), 1, async () => {
      const holder = userViewer('STAFF');
      const attempts = Array.from({ length: 24 }, (_, attempt) =>
        hold(attempt, { doctorId: newDoctor() }, holder),
      );
      const outcomes = await race(...attempts);
      expect(outcomes.filter((outcome) => outcome === 'HELD')).toHaveLength(20);
      expect(outcomes.filter((outcome) => outcome === 'TOO_MANY_HOLDS')).toHaveLength(4);
    });
  });
});
