import type { FileLine } from './checkpoint-files.js';
import type { Checkpoint } from './checkpoint.js';
import type { Finding } from './verify-finding.js';

/** Where checkpoints stand that follow each other in one file, and what they cover: little enough to keep of all. */
export interface CheckpointPlace {
  readonly file: string;
  /** In bytes; the lines' breaks are between them, not at the end. */
  readonly start: number;
  readonly length: number;
  readonly from: number;
  readonly to: number;
  /** When the last of them was written. */
  readonly time: string;
}

/** How much one place may hold, because it is read as a whole: in bytes and in sequences. */
const largestPlace = { length: 64 << 10, sequences: 500 };

/** Adds where a checkpoint stands: to the last place, where it goes on with that, or as a place of its own. */
export function addPlace(
  places: CheckpointPlace[],
  file: string,
  { start, length }: FileLine,
  { from, to, time }: Checkpoint,
): void {
  const last = places.at(-1);
  const isNext =
    last?.file === file &&
    last.start + last.length + 1 === start &&
    last.to + 1 === from &&
    start + length - last.start <= largestPlace.length &&
    to - last.from < largestPlace.sequences;
  if (isNext) places[places.length - 1] = { ...last, length: start + length - last.start, to, time };
  else places.push({ file, start, length, from, to, time });
}

/** A process covers all that was sealed in its time, and what was left over before: between two there is no gap. */
export function findUncovered(places: readonly CheckpointPlace[]): Finding[] {
  let covered = (places[0]?.from ?? 1) - 1;
  const gaps: { readonly first: number; readonly last: number }[] = [];
  for (const { from, to } of places) {
    if (from > covered + 1) gaps.push({ first: covered + 1, last: from - 1 });
    covered = Math.max(covered, to);
  }
  const [gap] = gaps;
  if (gap === undefined) return [];
  const others = gaps.length === 1 ? '' : `, nor ${gaps.length - 1} later stretches`;
  return [
    {
      kind: 'checkpoint-removed',
      sequence: gap.first,
      detail: `No checkpoint covers the sequences ${gap.first} to ${gap.last}${others}.`,
    },
  ];
}
