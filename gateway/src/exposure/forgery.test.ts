import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { mayBeForged } from './forgery.js';

const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

describe('a GET', () => {
  it.each<[string, boolean, IncomingHttpHeaders]>([
    ['of a page of another site', true, { 'sec-fetch-site': 'cross-site', 'user-agent': browser }],
    ['of a page of a neighbouring host', true, { 'sec-fetch-site': 'same-site', 'user-agent': browser }],
    ['of a browser that does not say whose page it was', true, { 'user-agent': browser }],
    ['with an origin and nothing else', true, { origin: 'https://elsewhere.example' }],
    ['with metadata that nobody knows', true, { 'sec-fetch-site': 'nonsense' }],
    ['of our own pages', false, { 'sec-fetch-site': 'same-origin', 'user-agent': browser }],
    ['that somebody typed', false, { 'sec-fetch-site': 'none', 'user-agent': browser }],
    ['of a program', false, { 'user-agent': 'curl/8.5.0' }],
    ['of a program that says nothing', false, {}],
  ])('%s may be forged: %j', (_, forged, headers) => {
    expect(mayBeForged(headers)).toBe(forged);
  });
});
