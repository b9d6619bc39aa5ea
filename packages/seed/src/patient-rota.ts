import type { Random } from './random.js';
import { frequentEvery, inactiveEvery } from './patient-rows.js';

/** Says who comes next; nobody comes twice on one day, so that nobody has two appointments at once. */
export interface PatientRota {
  beginDay(): void;
  /** The place, from 0, of an active patient who has not been called since the day began. */
  next(): number;
}

/** How many of the first `count` patients are active: also the place among these of the one who follows. */
export function activePatients(count: number): number {
  return count - Math.floor(count / inactiveEvery);
}

/**
 * A rota of the active ones of `count` patients. A third of the visits are those of the twentieth who come
 * often. More calls of `next` on a day than there are active patients are an error of the caller's.
 */
export function createPatientRota(random: Random, count: number): PatientRota {
  const active = activePatients(count);
  /** Where to look next for somebody who has been called; a union-find forest, so that full days stay fast. */
  const following = new Map<number, number>();
  const free = (wanted: number): number => {
    let found = wanted;
    for (let next = following.get(found); next !== undefined; next = following.get(found)) found = next;
    for (let place = wanted; place !== found;) {
      const next = following.get(place) ?? found;
      following.set(place, found);
      place = next;
    }
    return found;
  };
  let called = 0;
  return {
    beginDay() {
      following.clear();
      called = 0;
    },
    next() {
      if (called === active) throw new RangeError('All patients have been called today.');
      called += 1;
      const wanted = random.chance(1 / 3)
        ? activePatients(random.integer(0, Math.ceil(count / frequentEvery) - 1) * frequentEvery)
        : random.integer(0, active - 1);
      const found = free(wanted);
      if (called < active) following.set(found, free((found + 1) % active));
      return found + Math.floor(found / (inactiveEvery - 1));
    },
  };
}
