import type { Interval } from './working-time.js';

/**
 * Slots of `length` milliseconds within `working` and clear of `busy`, none overlapping another: each gap is packed
 * from its beginning. `working` is ordered and disjoint, `busy` need be neither.
 */
export function freeSlots(
  working: readonly Interval[],
  busy: readonly Interval[],
  length: number,
): Interval[] {
  const taken = [...busy].sort((one, other) => one.start - other.start);
  const slots: Interval[] = [];
  let next = 0;
  let takenUntil = -Infinity;
  for (const { start, end } of working) {
    let free = Math.max(start, takenUntil);
    for (
      let appointment = taken[next];
      appointment !== undefined && appointment.start < end;
      appointment = taken[++next]
    ) {
      pack(slots, free, appointment.start, length);
      takenUntil = Math.max(takenUntil, appointment.end);
      free = Math.max(free, takenUntil);
    }
    pack(slots, free, end, length);
  }
  return slots;
}

function pack(slots: Interval[], from: number, to: number, length: number): void {
  for (let start = from; start + length <= to; start += length) slots.push({ start, end: start + length });
}
