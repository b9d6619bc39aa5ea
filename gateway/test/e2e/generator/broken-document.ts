import type { Random } from '@caregraph/seed/random';
import { hostileTexts } from '../../../../test/hostile/hostile-texts.js';

const tokens = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '!',
  '$',
  '@',
  '...',
  ':',
  '"',
  '"""',
  '\\',
  '&',
  '|',
  '#',
  ',',
  '\0',
  '1e400',
];
const names = [
  'query',
  'mutation',
  'subscription',
  'fragment',
  'on',
  'null',
  'true',
  '__proto__',
  'constructor',
  '__type',
];

/** A document with one to three accidents: tokens that are gone, doubled, exchanged or foreign, or an early end. */
export function breakDocument(random: Random, document: string): string {
  let broken = document;
  for (let accident = random.integer(1, 3); accident > 0; accident -= 1) broken = accidentTo(random, broken);
  return broken;
}

function accidentTo(random: Random, document: string): string {
  if (random.chance(0.1)) return document.slice(0, random.integer(0, document.length));
  const parts = document.match(/\w+|\s+|\.{3}|[^]/g) ?? [''];
  const place = random.integer(0, parts.length - 1);
  const part = parts[place] ?? '';
  const replacement = random.pick([
    '',
    `${part} ${part}`,
    part.repeat(50),
    random.pick(parts),
    random.pick(tokens),
    random.pick(names),
    `${part}${random.pick(tokens)}`,
    `"${random.pick(hostileTexts).slice(0, 500)}"`,
  ]);
  return parts.with(place, replacement).join('');
}
