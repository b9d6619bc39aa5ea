import type { Finding } from './verify-finding.js';

/** What is wrong with the lines of one file: of each thing that is, one finding, however many lines it holds for. */
export interface LineFindings {
  /** A line that cannot be read, or that no key has signed as it stands. */
  altered(line: number): void;
  /** A line that names a key which was not given. */
  ofUnknownKey(line: number, keyId: string): void;
  /** A line that does not follow the one before it. */
  outOfPlace(line: number): void;
  all(): Finding[];
}

interface Tally {
  readonly kind: Finding['kind'];
  readonly first: number;
  readonly describe: (lines: string, isOne: boolean) => string;
  count: number;
}

/** Starts with none, for the file of this name. */
export function collectLineFindings(file: string): LineFindings {
  const tallies = new Map<string, Tally>();
  const note = (id: string, first: number, kind: Finding['kind'], describe: Tally['describe']): void => {
    const tally = tallies.get(id) ?? { kind, first, describe, count: 0 };
    tally.count += 1;
    tallies.set(id, tally);
  };
  return {
    altered(line) {
      note('altered', line, 'checkpoint-altered', (lines, isOne) =>
        isOne ? `${lines} is not as it was signed.` : `${lines} are not as they were signed.`,
      );
    },
    ofUnknownKey(line, keyId) {
      note(`key ${keyId}`, line, 'checkpoint-altered', (lines, isOne) => {
        const names = isOne ? 'names' : 'name';
        return `${lines} ${names} the key ${keyId}, which is not among those given.`;
      });
    },
    outOfPlace(line) {
      note('place', line, 'checkpoint-removed', (lines, isOne) => {
        const what = isOne ? 'does not follow the one' : 'do not each follow the one';
        return `${lines} ${what} that the process wrote before: lines are missing, or were copied.`;
      });
    },
    all: () =>
      [...tallies.values()].map(({ kind, first, describe, count }) => ({
        kind,
        detail: describe(
          `Line ${first}${count === 1 ? '' : ` and ${count - 1} later lines`} of ${file}`,
          count === 1,
        ),
      })),
  };
}
