import { describe, expect, it } from 'vitest';
import { dateScalar, dateTimeScalar, localTimeScalar } from './scalars.js';

describe('DateTime', () => {
  it.each([
    ['2026-03-02T14:30:00Z', '2026-03-02T14:30:00.000Z'],
    ['2026-03-02t14:30:00.123456z', '2026-03-02T14:30:00.123Z'],
    ['2026-03-02T14:30:00+02:00', '2026-03-02T12:30:00.000Z'],
    ['2024-02-29T23:59:59-11:30', '2024-03-01T11:29:59.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('reads %s', (given, instant) => {
    expect(dateTimeScalar.serialize(dateTimeScalar.parseValue(given))).toBe(instant);
  });

  it.each([
    '2026-03-02',
    '2026-03-02T14:30:00',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-03-02T24:00:00Z',
    '2026-03-02T14:30:60Z',
    '2026-03-02 14:30:00Z',
    '+002026-03-02T14:30:00Z',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '',
    'now',
    'infinity',
    1_772_000_000_000,
    null,
    true,
  ])('refuses %j', (given) => {
    expect(() => dateTimeScalar.parseValue(given)).toThrow(/DateTime/);
  });
});

describe('Date', () => {
  it.each(['2026-03-02', '2024-02-29', '0001-01-01', '9999-12-31'])('reads %s', (given) => {
    expect(dateScalar.parseValue(given)).toBe(given);
  });

  it.each([
    '2026-02-29',
    '1900-02-29',
    '2026-00-10',
    '2026-1-1',
    '20260101',
    '0000-01-01',
    '2026-03-02T00:00:00Z',
    20260101,
  ])('refuses %j', (given) => {
    expect(() => dateScalar.parseValue(given)).toThrow(/Date/);
  });
});

describe('LocalTime', () => {
  it.each(['00:00', '09:30', '23:59', '24:00'])('reads %s', (given) => {
    expect(localTimeScalar.parseValue(given)).toBe(given);
  });

  it.each(['24:01', '9:30', '12:60', '12:30:00', '12.30', '', 930])('refuses %j', (given) => {
    expect(() => localTimeScalar.parseValue(given)).toThrow(/LocalTime/);
  });
});
