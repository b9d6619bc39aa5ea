/** A source of numbers that only look random: the same seed gives the same numbers, on every machine. */
export interface Random {
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** True with this probability, from 0 to 1. */
  chance(probability: number): boolean;
  /** One of the items; throws a RangeError when there is none. */
  pick<Item>(items: readonly Item[]): Item;
  /** One of the items, as often as its weight says. */
  pickWeighted<Item>(items: readonly (readonly [Item, number])[]): Item;
}

/**
 * Chris Doty-Humphrey's sfc32, whose state comes out of the characters of `seed`. Streams of different seeds
 * are independent, so that each table has its own and one does not change when another grows.
 */
export function createRandom(seed: string): Random {
  const next = smallFastCounter(seed);
  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    integer,
    chance: (probability) => next() < probability,
    pick(items) {
      const item = items[integer(0, items.length - 1)];
      if (item === undefined) throw new RangeError('There is nothing to pick from.');
      return item;
    },
    pickWeighted(items) {
      let left = next() * items.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [item, weight] of items) {
        left -= weight;
        if (left < 0) return item;
      }
      throw new RangeError('There is nothing to pick from.');
    },
  };
}

/** Gives fractions from 0 to less than 1. */
function smallFastCounter(seed: string): () => number {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (const character of seed) {
    a ^= character.codePointAt(0) ?? 0;
    next();
  }
  for (let round = 0; round < 12; round += 1) next();
  return next;
}
