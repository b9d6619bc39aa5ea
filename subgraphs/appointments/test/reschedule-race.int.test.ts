import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isExhaustive } from '../../../test/effort.js';
import { newId } from './appointments-service.js';
import { findOverlaps, outcomesOf, startRacers, type Racers } from './racers.js';
import { runRounds } from './rounds.js';

const rounds = Array.from({ length: isExhaustive ? 3_000 : 30 }, (_, round) => round);
/** For machines that are busy: the rounds are many. */
const patience = { timeout: isExhaustive ? 3_600_000 : 240_000 };
const nine = '2100-03-01T09:00:00Z';
/** Too near to what is booked at nine, because of the buffers. */
const nearNine = '2100-03-01T09:40:00Z';
const noon = '2100-03-01T12:00:00Z';
const afternoon = '2100-03-01T15:00:00Z';
const oneOfTwo = [
  ['DONE', 'SLOT_TAKEN'],
  ['SLOT_TAKEN', 'DONE'],
];
let racers: Racers;

beforeAll(async () => {
  racers = await startRacers();
});
afterAll(() => racers[Symbol.asyncDispose]());

describe('a move, over two processes', () => {
  it('or a booking of the same time gets it, whichever comes first', patience, async () => {
    await runRounds(rounds, 4, async (round) => {
      const doctorId = newId();
      const { id } = await racers.book(round, { doctorId, dateTime: afternoon });
      const outcomes = await outcomesOf(
        racers.move(round, { id, dateTime: nine }),
        racers.book(round + 1, { doctorId, dateTime: nearNine }),
      );
      expect(oneOfTwo).toContainEqual(outcomes);
      expect(await findOverlaps(racers.database, doctorId)).toEqual([]);
    });
  });

  it(
    'or rows that are written past the service get it: nobody who asks learns of a deadlock',
    patience,
    async () => {
      await runRounds(rounds, 4, async (round) => {
        const doctorId = newId();
        const { id } = await racers.book(round, { doctorId, dateTime: afternoon });
        const [moved, ...inserted] = await outcomesOf(
          racers.move(round, { id, dateTime: nine }),
          racers.insert({ doctorId, dateTime: nine }),
          racers.insert({ doctorId, dateTime: '2100-03-01T09:10:00Z' }),
        );
        expect(moved).toMatch(/^(DONE|SLOT_TAKEN)$/);
        // PostgreSQL ends a deadlock for one of those who wait for each other.
        for (const outcome of inserted) expect(outcome).toMatch(/^(DONE|23P01|40P01)$/);
        const done = [moved, ...inserted].filter((outcome) => outcome === 'DONE');
        expect(done).toHaveLength(1);
        expect(await findOverlaps(racers.database, doctorId)).toEqual([]);
      });
    },
  );

  it('gets a time, or another one to the same time does', patience, async () => {
    await runRounds(rounds, 4, async (round) => {
      const doctorId = newId();
      const one = await racers.book(round, { doctorId, dateTime: nine });
      const other = await racers.book(round, { doctorId, dateTime: afternoon });
      const outcomes = await outcomesOf(
        racers.move(round, { id: one.id, dateTime: noon }),
        racers.move(round + 1, { id: other.id, dateTime: noon }),
      );
      expect(oneOfTwo).toContainEqual(outcomes);
      expect(await findOverlaps(racers.database, doctorId)).toEqual([]);
    });
  });

  it('does not swap two appointments, each of which is in the way of the other', patience, async () => {
    await runRounds(rounds, 4, async (round) => {
      const doctorId = newId();
      const one = await racers.book(round, { doctorId, dateTime: nine });
      const other = await racers.book(round, { doctorId, dateTime: noon });
      const outcomes = await outcomesOf(
        racers.move(round, { id: one.id, dateTime: noon }),
        racers.move(round + 1, { id: other.id, dateTime: nine }),
      );
      expect(outcomes).toEqual(['SLOT_TAKEN', 'SLOT_TAKEN']);
      expect(await findOverlaps(racers.database, doctorId)).toEqual([]);
    });
  });

  it('leaves its time to another one, which is moved there once it is free', patience, async () => {
    await runRounds(rounds, 4, async (round) => {
      const doctorId = newId();
      const one = await racers.book(round, { doctorId, dateTime: nine });
      const other = await racers.book(round, { doctorId, dateTime: noon });
      const [left, followed] = await outcomesOf(
        racers.move(round, { id: one.id, dateTime: afternoon }),
        racers.move(round + 1, { id: other.id, dateTime: nine }),
      );
      expect(left).toBe('DONE');
      expect(followed).toMatch(/^(DONE|SLOT_TAKEN)$/);
      expect(await findOverlaps(racers.database, doctorId)).toEqual([]);
    });
  });

  it('gets one of a patient’s two appointments to a time, whoever their doctors are', patience, async () => {
    await runRounds(rounds, 4, async (round) => {
      const [patientId, ...doctors] = [newId(), newId(), newId()] as const;
      const one = await racers.book(round, { doctorId: doctors[0], patientId, dateTime: nine });
      const other = await racers.book(round, { doctorId: doctors[1], patientId, dateTime: afternoon });
      const outcomes = await outcomesOf(
        racers.move(round, { id: one.id, dateTime: noon }),
        racers.move(round + 1, { id: other.id, dateTime: noon }),
      );
      expect(outcomes.sort()).toEqual(['DONE', 'PATIENT_CONFLICT']);
      expect(await findOverlaps(racers.database, ...doctors)).toEqual([]);
    });
  });

  it('comes before a cancellation of what is moved, or is refused', patience, async () => {
    await runRounds(rounds, 4, async (round) => {
      const doctorId = newId();
      const { id } = await racers.book(round, { doctorId, dateTime: afternoon });
      const [moved, cancelled, booked] = await outcomesOf(
        racers.move(round, { id, dateTime: nine }),
        racers.cancel(round + 1, id),
        racers.book(round + 1, { doctorId, dateTime: nearNine }),
      );
      expect(cancelled).toBe('DONE');
      expect(moved).toMatch(/^(DONE|INVALID_TRANSITION|SLOT_TAKEN)$/);
      expect(booked).toMatch(/^(DONE|SLOT_TAKEN)$/);
      if (moved !== 'DONE') expect(booked).toBe('DONE');
      expect(await findOverlaps(racers.database, doctorId)).toEqual([]);
    });
  });
});

describe('a cancellation, over two processes', () => {
  it('always succeeds, and at most one gets the time at once', patience, async () => {
    const seen = new Set<string>();
    await runRounds(rounds, 4, async (round) => {
      const doctorId = newId();
      const { id } = await racers.book(round, { doctorId, dateTime: nine });
      const other = await racers.book(round, { doctorId, dateTime: afternoon });
      const [cancelled, ...outcomes] = await outcomesOf(
        racers.cancel(round, id),
        racers.book(round + 1, { doctorId, dateTime: nine }),
        racers.book(round, { doctorId, dateTime: nearNine }),
        racers.move(round + 1, { id: other.id, dateTime: nine }),
      );
      expect(cancelled).toBe('DONE');
      for (const outcome of outcomes) expect(outcome).toMatch(/^(DONE|SLOT_TAKEN)$/);
      expect(outcomes.filter((outcome) => outcome === 'DONE').length).toBeLessThan(2);
      for (const outcome of outcomes) seen.add(outcome);
      expect(await findOverlaps(racers.database, doctorId)).toEqual([]);
    });
    expect([...seen].sort()).toEqual(['DONE', 'SLOT_TAKEN']);
  });
});

describe('an appointment that becomes an emergency, over two processes', () => {
  it('gets the buffers that it needs then, or a booking within them gets the time', patience, async () => {
    await runRounds(rounds, 4, async (round) => {
      const doctorId = newId();
      const { id } = await racers.insert({ doctorId, dateTime: nine });
      const outcomes = await outcomesOf(
        racers.makeUrgent(round, id),
        racers.book(round + 1, { doctorId, dateTime: nearNine }),
      );
      expect(oneOfTwo).toContainEqual(outcomes);
      expect(await findOverlaps(racers.database, doctorId)).toEqual([]);
    });
  });
});
