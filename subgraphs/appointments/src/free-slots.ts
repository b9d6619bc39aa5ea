import type { Interval } from './interval.js';

/** How slots are laid out; all in milliseconds. */
export interface SlotShape {
  readonly length: number;
  /** What is kept clear before and after each slot: of what is taken, and of other slots with buffers of their own. */
  readonly bufferBefore: number;
  readonly bufferAfter: number;
}

/**
 * Slots within `working`, so that all of them could be taken: each gap is packed from its beginning. A slot's buffers
 * are clear of `taken`, but need not be working time. `working` is ordered and disjoint, `taken` need be neither.
 */
export function* freeSlots(
  working: Iterable<Interval>,
  taken: readonly Interval[],
  { length, bufferBefore, bufferAfter }: SlotShape,
): Generator<Interval> {
  const pause = bufferBefore + bufferAfter;
  // Where a slot itself, without its buffers, cannot be.
  const blocked = taken
    .map(({ start, end }): Interval => ({ start: start - bufferAfter, end: end + bufferBefore }))
    .sort((one, other) => one.start - other.start);
  let next = 0;
  let free = -Infinity;
  for (const { start, end } of working) {
    let slot = Math.max(free, start);
    while (slot + length <= end) {
      const obstacle = blocked[next];
      if (obstacle !== undefined && obstacle.start < slot + length) {
        slot = Math.max(slot, obstacle.end);
        next += 1;
        continue;
      }
      yield { start: slot, end: slot + length };
      slot += length + pause;
    }
    free = slot;
  }
}
