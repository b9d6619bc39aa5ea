import type { Viewer } from '@caregraph/service-kit';
import * as fc from 'fast-check';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedDatabase } from '../../../test/cluster.js';
import { isExhaustive } from '../../../test/effort.js';
import { userViewer, type SubgraphClient } from '../../../test/subgraph-client.js';
import { bookAppointment, newBooking, setWeek } from './appointments-service.js';
import {
  AddClinicHolidayDocument,
  AddTimeOffDocument,
  BookAppointmentDocument,
  RescheduleAppointmentDocument,
  SetDoctorScheduleDocument,
} from './generated/operations.js';
import { runRounds } from './rounds.js';
import { startTwoProcesses, type TwoProcesses } from './two-processes.js';

const seed = 20_260_308;
const roundsOfEach = isExhaustive ? 3_000 : 35;
const day = 86_400_000;
let processes: TwoProcesses;
let database: Pool;

beforeAll(async () => {
  processes = await startTwoProcesses();
  database = new Pool({ connectionString: sharedDatabase('appointments').databaseUrl, max: 4 });
});
afterAll(async () => {
  await database.end();
  await processes[Symbol.asyncDispose]();
});

interface Payload {
  readonly userErrors: readonly { readonly code: string }[];
}

/** What came of an attempt: `'DONE'`, or the codes of the refusal, or of the errors. */
function outcomeOf(payload: Payload | undefined, errors: readonly { extensions?: object }[] = []): string {
  if (payload === undefined || errors.length > 0) return JSON.stringify(errors);
  return payload.userErrors.map(({ code }) => code).join() || 'DONE';
}

/** Takes the whole date away from the doctor. */
type Edit = (client: SubgraphClient, editor: Viewer, doctorId: string, date: string) => Promise<string>;

const edits: [name: string, firstDate: string, edit: Edit][] = [
  [
    'another week',
    '2700-01-01',
    async (client, editor, doctorId) => {
      const { data, errors } = await client.ask(editor, SetDoctorScheduleDocument, {
        input: { doctorId, days: [] },
      });
      return outcomeOf(data.setDoctorSchedule, errors);
    },
  ],
  [
    'time off',
    '2720-01-01',
    async (client, editor, doctorId, date) => {
      const input = { doctorId, firstDate: date, lastDate: date };
      const { data, errors } = await client.ask(editor, AddTimeOffDocument, { input });
      return outcomeOf(data.change, errors);
    },
  ],
  [
    'a holiday of the clinic',
    '2740-01-01',
    async (client, editor, _, date) => {
      const input = { date, name: 'Founding day' };
      const { data, errors } = await client.ask(editor, AddClinicHolidayDocument, { input });
      return outcomeOf(data.change, errors);
    },
  ],
];

/** The first entry of the trail by one user, and the last: entries are written while the locks are held. */
async function entriesBy(user: Viewer): Promise<{ first: number; last: number }> {
  const { rows } = await database.query<{ first: string; last: string }>(
    `SELECT min(id) AS first, max(id) AS last FROM audit_entries WHERE actor_user_id = $1 AND source = 'trigger'`,
    [user.kind === 'user' ? user.id : null],
  );
  return { first: Number(rows[0]?.first), last: Number(rows[0]?.last) };
}

describe('bookings and moves beside an edit of the schedule', () => {
  /** Where among six attempts the edit is sent, and how many milliseconds later than its turn. */
  const rounds = fc.sample(fc.record({ place: fc.nat({ max: 6 }), pause: fc.nat({ max: 12 }) }), {
    seed,
    numRuns: roundsOfEach,
  });

  it.each(edits)(
    'come before it, or are refused: %s',
    { timeout: isExhaustive ? 3_600_000 : 240_000 },
    async (_, firstDate, edit) => {
      const seen = new Set<string>();
      await runRounds(rounds, 4, async ({ place, pause }, index) => {
        const [nurse, editor] = [userViewer('NURSE'), userViewer('ADMIN')];
        const date = new Date(Date.parse(firstDate) + 2 * index * day).toISOString().slice(0, 10);
        const eve = new Date(Date.parse(date) - day).toISOString().slice(0, 10);
        const doctorId = await setWeek(processes.both[0], { hours: ['08:00', '20:00'] });
        const type = 'CONSULTATION';
        const early = { doctorId, dateTime: `${eve}T09:00:00Z`, type } as const;
        const { id } = await bookAppointment(processes.both[1], early, nurse);
        const book = async (hour: number): Promise<string> => {
          const input = newBooking({ doctorId, dateTime: `${date}T${hour}:00:00Z`, type });
          const { data, errors } = await processes.processOf(hour).ask(nurse, BookAppointmentDocument, {
            input,
          });
          return outcomeOf(data.bookAppointment, errors);
        };
        const move = async (): Promise<string> => {
          const input = { id, dateTime: `${date}T19:00:00Z` };
          const { data, errors } = await processes.both[0].ask(nurse, RescheduleAppointmentDocument, {
            input,
          });
          return outcomeOf(data.rescheduleAppointment, errors);
        };
        const attempts = [10, 11, 12, 13, 14].map((hour) => () => book(hour));
        attempts.splice(2, 0, move);
        const editAndRely = async (): Promise<string> => {
          await delay(pause);
          expect(await edit(processes.both[1], editor, doctorId, date)).toBe('DONE');
          // Whoever has the answer relies on it.
          return book(16);
        };
        attempts.splice(place, 0, editAndRely);
        const outcomes = await Promise.all(attempts.map((attempt) => attempt()));
        expect(outcomes.splice(place, 1)).toEqual(['OUTSIDE_SCHEDULE']);
        for (const outcome of outcomes) seen.add(outcome);
        expect([...seen].filter((outcome) => !['DONE', 'OUTSIDE_SCHEDULE'].includes(outcome))).toEqual([]);
        expect((await entriesBy(nurse)).last).toBeLessThan((await entriesBy(editor)).first);
      });
      expect([...seen].sort()).toEqual(['DONE', 'OUTSIDE_SCHEDULE']);
    },
  );
});
