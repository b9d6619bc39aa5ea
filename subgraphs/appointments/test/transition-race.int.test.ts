import type { Role } from '@caregraph/service-kit';
import * as fc from 'fast-check';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedDatabase } from '../../../test/cluster.js';
import { isExhaustive } from '../../../test/effort.js';
import { userViewer } from '../../../test/subgraph-client.js';
import { statusMapping } from '../src/appointment.js';
import { transitions } from '../src/appointment-status.js';
import { insertAppointment } from './appointment-rows.js';
import {
  CancelAppointmentDocument,
  CompleteAppointmentDocument,
  ConfirmAppointmentDocument,
  MarkNoShowDocument,
  StartAppointmentDocument,
} from './generated/operations.js';
import { runRounds } from './rounds.js';
import { startTwoProcesses, type TwoProcesses } from './two-processes.js';

const seed = 20_261_127;
/** For machines that are busy: the rounds are many. */
const patience = { timeout: isExhaustive ? 3_600_000 : 240_000 };
const roundsOfTwo = isExhaustive ? 1_500 : 17;
const roundsOfMany = isExhaustive ? 5_000 : 60;
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

const steps = {
  CONFIRMED: ConfirmAppointmentDocument,
  IN_PROGRESS: StartAppointmentDocument,
  COMPLETED: CompleteAppointmentDocument,
  CANCELLED: CancelAppointmentDocument,
  NO_SHOW: MarkNoShowDocument,
};
type Step = keyof typeof steps;
const targets = Object.keys(steps) as Step[];

/** Somebody who takes a step; who it is, is the number that the history has. */
interface Taker {
  readonly to: Step;
  readonly role: Role;
  /** At which of the two processes. */
  readonly at: 0 | 1;
  readonly version?: number;
}

/** What came of a round: of each step the status or the code of its refusal, and the steps that the history has. */
interface Outcome {
  readonly outcomes: string[];
  readonly history: string[];
}

/**
 * Lets all take their steps at once, and holds the history against what they were told: it has the steps of those who
 * succeeded, each once and by whoever took it, one out of the other, and ends where the appointment is.
 */
async function race(status: string, takers: readonly Taker[]): Promise<Outcome> {
  const id = await insertAppointment(database, { status, inMinutes: -1 });
  const viewers = takers.map(({ role }) => userViewer(role));
  const outcomes = await Promise.all(
    takers.map(async ({ to, at, version }, index) => {
      const viewer = viewers[index] ?? userViewer('NURSE');
      const input = { id, version, reason: `step ${index}` };
      const { data, errors } = await processes.both[at].ask(viewer, steps[to], { input });
      if (errors !== undefined) return errors.map(({ extensions }) => String(extensions?.['code'])).join();
      return data.change.appointment?.status ?? data.change.userErrors.map(({ code }) => code).join();
    }),
  );
  const { rows: taken } = await database.query<HistoryRow>(
    `SELECT from_status AS "from", to_status AS "to", changed_by AS "by", reason,
       changed_at >= lag(changed_at, 1, changed_at) OVER (ORDER BY t.id) AS "isInOrder"
     FROM appointment_transitions t WHERE appointment_id = $1 ORDER BY t.id`,
    [id],
  );
  expect(taken.filter(({ isInOrder }) => !isInOrder)).toEqual([]);
  const statuses = [status, ...taken.map(({ to }) => to)];
  expect(taken.map(({ from }) => from)).toEqual(statuses.slice(0, -1));
  for (const { from, to } of taken) {
    const isLegal = transitions.some(
      (legal) => statusMapping.toColumn(legal.from) === from && statusMapping.toColumn(legal.to) === to,
    );
    expect(isLegal, `${from} → ${to}`).toBe(true);
  }
  const winners = takers.flatMap(({ to }, index) =>
    outcomes[index] === to ? [[viewers[index]?.id, `step ${index}`, statusMapping.toColumn(to)]] : [],
  );
  const byWhom = taken.map(({ by, reason, to }) => [by, reason, to]);
  expect(byWhom.sort()).toEqual(winners.sort());
  const { rows: now } = await database.query('SELECT status, version FROM appointments WHERE id = $1', [id]);
  expect(now).toEqual([{ status: statuses.at(-1), version: 1 + winners.length }]);
  return { outcomes, history: taken.map(({ to }) => to) };
}

interface HistoryRow {
  readonly from: string;
  readonly to: string;
  readonly by: number | null;
  readonly reason: string | null;
  readonly isInOrder: boolean;
}

/** Two steps that are taken at once, and what may come of them, depending on which is first. */
const pairs: [status: string, role: Role, one: Step, other: Step, outcomes: [string, string][]][] = [
  [
    ...(['scheduled', 'NURSE', 'CONFIRMED', 'CANCELLED'] as const),
    [
      ['CONFIRMED', 'CANCELLED'],
      ['INVALID_TRANSITION', 'CANCELLED'],
    ],
  ],
  [
    ...(['confirmed', 'NURSE', 'IN_PROGRESS', 'CANCELLED'] as const),
    [
      ['IN_PROGRESS', 'CANCELLED'],
      ['INVALID_TRANSITION', 'CANCELLED'],
    ],
  ],
  [
    ...(['confirmed', 'STAFF', 'CANCELLED', 'NO_SHOW'] as const),
    [
      ['CANCELLED', 'NO_SHOW'],
      ['INVALID_TRANSITION', 'NO_SHOW'],
    ],
  ],
  [
    ...(['scheduled', 'NURSE', 'CANCELLED', 'NO_SHOW'] as const),
    [
      ['CANCELLED', 'FORBIDDEN'],
      ['INVALID_TRANSITION', 'NO_SHOW'],
    ],
  ],
  [
    ...(['in-progress', 'NURSE', 'COMPLETED', 'CANCELLED'] as const),
    [
      ['COMPLETED', 'INVALID_TRANSITION'],
      ['INVALID_TRANSITION', 'CANCELLED'],
    ],
  ],
  [
    ...(['scheduled', 'NURSE', 'CONFIRMED', 'CONFIRMED'] as const),
    [
      ['CONFIRMED', 'INVALID_TRANSITION'],
      ['INVALID_TRANSITION', 'CONFIRMED'],
    ],
  ],
];

describe.each(pairs)('of what is %s, by %s: %s and %s at once', (status, role, one, other, allowed) => {
  const rounds = Array.from({ length: roundsOfTwo });
  const takers = (index: number, version?: number): Taker[] => [
    { to: one, role, at: index % 2 === 0 ? 0 : 1, ...(version !== undefined && { version }) },
    { to: other, role, at: index % 2 === 0 ? 1 : 0, ...(version !== undefined && { version }) },
  ];

  it('are taken one after the other, or the second is refused', patience, async () => {
    await runRounds(rounds, 4, async (_, index) => {
      const { outcomes, history } = await race(status, takers(index));
      expect(allowed).toContainEqual(outcomes);
      if (history.length === 2) expect(history).toEqual([one, other].map(statusMapping.toColumn));
    });
  });

  it('are one step when both are based on the same version', patience, async () => {
    await runRounds(rounds, 4, async (_, index) => {
      const { outcomes } = await race(status, takers(index, 1));
      expect([
        [one, 'STALE_VERSION'],
        ['STALE_VERSION', other],
      ]).toContainEqual(outcomes);
    });
  });
});

describe('an appointment that many want something else of at once', () => {
  const taker = fc.record({
    to: fc.constantFrom(...targets),
    role: fc.constantFrom<Role>('ADMIN', 'NURSE', 'STAFF'),
    at: fc.constantFrom<0 | 1>(0, 1),
  });
  const rounds = fc.sample(
    fc.record({
      status: fc.constantFrom('scheduled', 'confirmed', 'in-progress', 'cancelled'),
      takers: fc.array(taker, { minLength: 3, maxLength: 8 }),
    }),
    { seed, numRuns: roundsOfMany },
  );

  it('takes a legal way, of which everybody is told the truth', patience, async () => {
    await runRounds(rounds, 4, async ({ status, takers }) => {
      const { outcomes } = await race(status, takers);
      const refusals = outcomes.filter((outcome) => !targets.some((to) => to === outcome));
      expect(refusals.filter((code) => code !== 'INVALID_TRANSITION' && code !== 'FORBIDDEN')).toEqual([]);
    });
  });
});
