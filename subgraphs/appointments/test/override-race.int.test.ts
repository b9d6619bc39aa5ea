import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isExhaustive } from '../../../test/effort.js';
import { userViewer } from '../../../test/subgraph-client.js';
import { newId } from './appointments-service.js';
import { findOverlaps, outcomesOf, startRacers, type Racers } from './racers.js';
import { runRounds } from './rounds.js';

const rounds = Array.from({ length: isExhaustive ? 3_000 : 30 }, (_, round) => round);
/** For machines that are busy: the rounds are many. */
const patience = { timeout: isExhaustive ? 3_600_000 : 240_000 };
const administrator = userViewer('ADMIN');
const override = { doctorOverlap: true, reason: 'A second room is free' };
/** Emergencies have buffers: what begins ten minutes later than these end, is too early. */
const nine = '2100-03-01T09:00:00Z';
const nearNine = '2100-03-01T09:40:00Z';
const ten = '2100-03-01T10:00:00Z';
let racers: Racers;

beforeAll(async () => {
  racers = await startRacers();
});
afterAll(() => racers[Symbol.asyncDispose]());

describe('a booking in spite of the rules, over two processes', () => {
  it('always succeeds beside normal ones, and refuses all that come after its answer', patience, async () => {
    const seen = new Set<string>();
    await runRounds(rounds, 4, async (round) => {
      const doctorId = newId();
      const overriding = async () => {
        const attempt = await racers.book(round, { doctorId, dateTime: nine, override }, administrator);
        // Whoever has the answer relies on it.
        const late = await outcomesOf(
          racers.book(round, { doctorId, dateTime: nine }),
          racers.book(round + 1, { doctorId, dateTime: nearNine }),
          racers.insert({ doctorId, dateTime: nine }),
        );
        expect(late).toEqual(['SLOT_TAKEN', 'SLOT_TAKEN', '23P01']);
        return attempt;
      };
      const [exempt, ...normal] = await Promise.all([
        overriding(),
        racers.book(round + 1, { doctorId, dateTime: nine }),
        racers.book(round, { doctorId, dateTime: nearNine }),
      ]);
      expect(exempt.outcome).toBe('DONE');
      for (const { outcome } of normal) {
        expect(outcome).toMatch(/^(DONE|SLOT_TAKEN)$/);
        seen.add(outcome);
      }
      // Ids are given under the doctor's lock: what stands beside an exempt one was there before it.
      const booked = normal.filter(({ outcome }) => outcome === 'DONE');
      expect(booked.length).toBeLessThan(2);
      for (const { id } of booked) expect(Number(id)).toBeLessThan(Number(exempt.id));
      expect(await findOverlaps(racers.database, doctorId)).toEqual([]);
    });
    expect([...seen].sort()).toEqual(['DONE', 'SLOT_TAKEN']);
  });

  it(
    'succeeds beside rows that are written past the service, and beside others of its kind',
    patience,
    async () => {
      await runRounds(rounds, 4, async (round) => {
        const doctorId = newId();
        const [one, other, inserted, normal] = await outcomesOf(
          racers.book(round, { doctorId, dateTime: nine, override }, administrator),
          racers.book(round + 1, { doctorId, dateTime: nine, override }, administrator),
          racers.insert({ doctorId, dateTime: nine }),
          racers.book(round + 1, { doctorId, dateTime: nine }),
        );
        expect([one, other]).toEqual(['DONE', 'DONE']);
        expect([
          ['DONE', 'SLOT_TAKEN'],
          ['23P01', 'DONE'],
          ['23P01', 'SLOT_TAKEN'],
        ]).toContainEqual([inserted, normal]);
        expect(await findOverlaps(racers.database, doctorId)).toEqual([]);
      });
    },
  );

  it('frees its time for one when it is cancelled', patience, async () => {
    await runRounds(rounds, 4, async (round) => {
      const doctorId = newId();
      const { id } = await racers.book(round, { doctorId, dateTime: nine, override }, administrator);
      const [cancelled, ...others] = await outcomesOf(
        racers.cancel(round, id),
        racers.book(round + 1, { doctorId, dateTime: nine }),
        racers.book(round, { doctorId, dateTime: nearNine }),
      );
      expect(cancelled).toBe('DONE');
      expect([
        ['DONE', 'SLOT_TAKEN'],
        ['SLOT_TAKEN', 'DONE'],
        ['SLOT_TAKEN', 'SLOT_TAKEN'],
      ]).toContainEqual(others);
      expect(await findOverlaps(racers.database, doctorId)).toEqual([]);
    });
  });
});

describe('moves in spite of the rules, over two processes', () => {
  it(
    'always succeed, also onto a time that is being booked, which is refused to the next',
    patience,
    async () => {
      await runRounds(rounds, 4, async (round) => {
        const doctorId = newId();
        const { id } = await racers.book(round, { doctorId, dateTime: '2100-03-01T15:00:00Z' });
        const [moved, booked] = await outcomesOf(
          racers.move(round, { id, dateTime: nine, override }, administrator),
          racers.book(round + 1, { doctorId, dateTime: nine }),
        );
        expect(moved).toBe('DONE');
        expect(booked).toMatch(/^(DONE|SLOT_TAKEN)$/);
        const late = await outcomesOf(racers.book(round, { doctorId, dateTime: nearNine }));
        expect(late).toEqual(['SLOT_TAKEN']);
        expect(await findOverlaps(racers.database, doctorId)).toEqual([]);
      });
    },
  );

  it('let one of two that give up their override have the time to which both go', patience, async () => {
    await runRounds(rounds, 4, async (round) => {
      const doctorId = newId();
      const [one, other] = await Promise.all([
        racers.book(round, { doctorId, dateTime: nine, override }, administrator),
        racers.book(round + 1, { doctorId, dateTime: nine, override }, administrator),
      ]);
      const outcomes = await outcomesOf(
        racers.move(round, { id: one.id, dateTime: ten }),
        racers.move(round + 1, { id: other.id, dateTime: ten }),
      );
      expect(outcomes.sort()).toEqual(['DONE', 'SLOT_TAKEN']);
      expect(await findOverlaps(racers.database, doctorId)).toEqual([]);
    });
  });
});
