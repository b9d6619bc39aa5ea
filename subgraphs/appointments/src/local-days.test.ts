import { describe, expect, it } from 'vitest';
import { localDays, wholeDays } from './local-days.js';

const printed = (instant: number): string => new Date(instant).toISOString().slice(0, 16);

/** The beginning of a time, on the local day of noon in UTC of a date. */
function beginning(timeZone: string, date: string, time: string): string {
  const noon = Date.parse(`${date}T12:00:00Z`);
  for (const day of localDays(timeZone, { start: noon, end: noon })) {
    expect(day.date).toBe(date);
    return printed(day.instantOf(time));
  }
  throw new Error('Every instant is on a day.');
}

describe('a time of day', () => {
  it.each([
    ['that the clocks skip is when they skip it', 'Europe/Vienna', '2026-03-29', '02:30', '2026-03-29T01:00'],
    ['at which they go forward is then', 'Europe/Vienna', '2026-03-29', '02:00', '2026-03-29T01:00'],
    ['to which they go forward is then, too', 'Europe/Vienna', '2026-03-29', '03:00', '2026-03-29T01:00'],
    ['that they show twice is the first of both', 'Europe/Vienna', '2026-10-25', '02:30', '2026-10-25T00:30'],
    ['at which they go back is shown once', 'Europe/Vienna', '2026-10-25', '03:00', '2026-10-25T02:00'],
    ['is half an hour away on Lord Howe', 'Australia/Lord_Howe', '2026-10-04', '02:15', '2026-10-03T15:30'],
    ['may be a midnight that is skipped', 'Africa/Cairo', '2026-04-24', '00:00', '2026-04-23T22:00'],
    ['may be a midnight that is shown twice', 'America/Havana', '2026-11-01', '00:00', '2026-11-01T04:00'],
    ['may be the end of the day before that', 'America/Havana', '2026-10-31', '24:00', '2026-11-01T04:00'],
  ])('%s', (_, timeZone, date, time, expected) => {
    expect(beginning(timeZone, date, time)).toBe(expected);
  });
});

describe('local days', () => {
  const days = (timeZone: string, from: string, to: string): string[] =>
    [...localDays(timeZone, { start: Date.parse(from), end: Date.parse(to) })].map(
      ({ date, dayOfWeek }) => `${dayOfWeek} ${date}`,
    );

  it('are those that a range touches, the end not included', () => {
    expect(days('Europe/Vienna', '2026-03-28T23:30:00Z', '2026-03-29T22:00:00Z')).toEqual([
      'SUNDAY 2026-03-29',
    ]);
    expect(days('Europe/Vienna', '2026-03-28T22:30:00Z', '2026-03-29T22:00:00.001Z')).toEqual([
      'SATURDAY 2026-03-28',
      'SUNDAY 2026-03-29',
      'MONDAY 2026-03-30',
    ]);
  });

  it('leave out no instant where clocks go back over midnight', () => {
    // St. John's, one minute after midnight: the rest of the hour shows Saturday once more, and is Sunday's.
    expect(days('America/St_Johns', '2010-11-07T02:45:00Z', '2010-11-07T02:50:00Z')).toEqual([
      'SUNDAY 2010-11-07',
    ]);
    const { start, end } = wholeDays('America/St_Johns', {
      start: Date.parse('2010-11-07T02:45:00Z'),
      end: Date.parse('2010-11-07T02:50:00Z'),
    });
    expect([printed(start), printed(end)]).toEqual(['2010-11-07T02:30', '2010-11-08T03:30']);
  });

  it('may be of no length, where a whole day was skipped', () => {
    const range = { start: Date.parse('2011-12-30T08:00:00Z'), end: Date.parse('2011-12-30T12:00:00Z') };
    const lengths = [...localDays('Pacific/Apia', range)].map(
      (day) => `${day.date} ${(day.instantOf('24:00') - day.instantOf('00:00')) / 3_600_000}`,
    );
    expect(lengths).toEqual(['2011-12-29 24', '2011-12-30 0', '2011-12-31 24']);
  });

  it('reach from midnight to midnight on the clocks of the zone', () => {
    const { start, end } = wholeDays('Europe/Vienna', {
      start: Date.parse('2026-03-28T23:30:00Z'),
      end: Date.parse('2026-03-29T22:00:00Z'),
    });
    expect([printed(start), printed(end)]).toEqual(['2026-03-28T23:00', '2026-03-29T22:00']);
  });

  it.each(['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])(
    'are there at the ends of time: %s',
    (instant) => {
      expect(days('Asia/Tokyo', instant, instant)).toHaveLength(1);
    },
  );
});
