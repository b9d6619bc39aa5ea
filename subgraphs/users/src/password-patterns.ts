/** A text without the differences that a person would not count: NFKC (Unicode's UAX #15), and lower case. */
export function foldPassword(password: string): string {
  return password.normalize('NFKC').toLowerCase();
}

/** The shortest text of which a text is a repetition, the last one perhaps cut short; itself where it is none. */
export function repeatedUnit(text: string): string {
  // The prefix function of Knuth, Morris and Pratt: how long a proper prefix ends at each character.
  const prefixes = [0];
  let length = 0;
  for (let at = 1; at < text.length; at += 1) {
    while (length > 0 && text[at] !== text[length]) length = prefixes[length - 1] ?? 0;
    if (text[at] === text[length]) length += 1;
    prefixes.push(length);
  }
  const unit = text.length - length;
  return unit * 2 <= text.length ? text.slice(0, unit) : text;
}

/** Whether a text is made of runs along the keyboard, the alphabet or the digits: `qwertyuiop12345`, `1qaz2wsx3edc`. */
export function isSequence(text: string): boolean {
  const characters = Array.from(text.replace(/[^\p{L}\p{N}]/gu, ''));
  if (characters.length < 4) return false;
  const squeezed = characters.filter((character, at) => character !== characters[at - 1]);
  return (
    isMadeOfRuns(characters) ||
    isMadeOfRuns(squeezed) ||
    // Two runs, one character of each in turn: a1b2c3d4.
    [0, 1].every((parity) => isMadeOfRuns(characters.filter((_, at) => at % 2 === parity)))
  );
}

/** What follows each other on keyboards (rows and columns), in the alphabet, and among digits. */
const lines = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'yxcvbnm',
  ...['1qaz', '2wsx', '3edc', '4rfv', '5tgb', '6yhn', '7ujm', '8ik', '9ol', '0p'],
];

/** Whether a run is at least three characters long on the average. */
function isMadeOfRuns(characters: readonly string[]): boolean {
  let runs = 1;
  let directions: ReadonlySet<string> | null = null;
  for (const [at, character] of characters.entries()) {
    const previous = characters[at - 1];
    if (previous === undefined) continue;
    const steps = stepsBetween(previous, character);
    const common: ReadonlySet<string> =
      directions === null ? steps : new Set([...steps].filter((name) => directions?.has(name)));
    if (common.size > 0) {
      directions = common;
    } else {
      runs += 1;
      directions = null;
    }
  }
  return runs * 3 <= characters.length;
}

/** The lines along which one character follows another, forwards or backwards; also a character that repeats. */
function stepsBetween(from: string, to: string): Set<string> {
  const steps = new Set(from === to ? ['same'] : []);
  for (const line of lines) {
    if (line.includes(from + to)) steps.add(`${line}:forwards`);
    if (line.includes(to + from)) steps.add(`${line}:backwards`);
  }
  return steps;
}
