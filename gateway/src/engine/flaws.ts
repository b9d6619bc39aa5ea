import type { Place } from '../subgraphs/subgraph-request.js';

/** A value that the schema does not allow where it is. */
export interface Flaw {
  readonly message: string;
  readonly path: Place;
  /** Where null stands for it: there, or at what is above and may be null. */
  readonly nullAt: Place;
}

/** Keeps in mind, while an answer is written, what does not fit the schema. */
export interface FlawNotes {
  /** Begins anew; with `isLocating`, places are kept. */
  reset(isLocating: boolean): void;
  /** Goes into a field, or an element. */
  enter(segment: string | number): void;
  leave(): void;
  /** Notes a flaw here; what is above another says nothing new. */
  note(message: string): void;
  /** Notes that null stands here, for this or for what is below. */
  noteNull(): void;
  isFlawed(): boolean;
  flaws(): readonly Flaw[];
}

export function createFlawNotes(): FlawNotes {
  let isFlawed = false;
  let isLocating = false;
  let path: (string | number)[] = [];
  let flaws: { message: string; path: Place; nullAt: Place | null }[] = [];
  return {
    reset(locating) {
      isFlawed = false;
      isLocating = locating;
      path = [];
      flaws = [];
    },
    enter(segment) {
      if (isLocating) path.push(segment);
    },
    leave() {
      if (isLocating) path.pop();
    },
    note(message) {
      isFlawed = true;
      if (isLocating && !flaws.some((flaw) => leadsTo(path, flaw.path)))
        flaws.push({ message, path: [...path], nullAt: null });
    },
    noteNull() {
      if (!isLocating) return;
      for (const flaw of flaws) if (leadsTo(path, flaw.path)) flaw.nullAt ??= [...path];
    },
    isFlawed: () => isFlawed,
    flaws: () => flaws.map((flaw) => ({ ...flaw, nullAt: flaw.nullAt ?? [] })),
  };
}

/** Whether a place is another, or above it; with `isForAll`, whichever elements of lists they are in. */
export function leadsTo(place: Place, other: Place, isForAll = false): boolean {
  return (
    place.length <= other.length &&
    place.every((segment, index) => {
      const another = other[index];
      return segment === another || (isForAll && typeof segment === 'number' && typeof another === 'number');
    })
  );
}
