import { describe, expect, it } from 'vitest';
import { daysOfWeek, type DoctorCalendar, type DoctorSchedule } from './schedule.js';
import type { ScheduleException } from './schedule-exception.js';
import { isWorkingTime, touchesException, workingTime } from './working-time.js';

function weekOf(
  timeZone: string,
  hours: Partial<DoctorSchedule>,
  names: readonly string[] = daysOfWeek,
): DoctorCalendar {
  const days = daysOfWeek
    .filter((name) => names.includes(name))
    .map((dayOfWeek, id) => ({
      id,
      dayOfWeek,
      startTime: '08:00',
      endTime: '17:00',
      breakStart: null,
      breakEnd: null,
      isAvailable: true,
      timeZone,
      ...hours,
    }));
  return { timeZone, days, exceptions: [] };
}

const range = (start: string, end: string) => ({ start: Date.parse(start), end: Date.parse(end) });

function printed(week: DoctorCalendar, start: string, end: string): string[] {
  return [...workingTime(week, range(start, end))].map(
    (interval) => `${new Date(interval.start).toISOString()}/${new Date(interval.end).toISOString()}`,
  );
}

describe('working time', () => {
  it('is on the clocks of the doctor, without the break', () => {
    const week = weekOf('Europe/Vienna', { breakStart: '12:00', breakEnd: '13:00' });
    expect(printed(week, '2026-01-12T10:00:00Z', '2026-01-12T11:00:00Z')).toEqual([
      '2026-01-12T07:00:00.000Z/2026-01-12T11:00:00.000Z',
      '2026-01-12T12:00:00.000Z/2026-01-12T16:00:00.000Z',
    ]);
  });

  it('follows the clocks when they change', () => {
    const week = weekOf('America/New_York', {});
    expect(printed(week, '2026-03-07T12:00:00Z', '2026-03-08T13:00:00Z')).toEqual([
      '2026-03-07T13:00:00.000Z/2026-03-07T22:00:00.000Z',
      '2026-03-08T12:00:00.000Z/2026-03-08T21:00:00.000Z',
    ]);
  });

  it('has 23 hours on the day on which clocks go forward, and 25 on that on which they go back', () => {
    const week = weekOf('Europe/Vienna', { startTime: '00:00', endTime: '24:00' });
    const hours = (day: string): number =>
      [...workingTime(week, range(`${day}T12:00:00Z`, `${day}T13:00:00Z`))].reduce(
        (sum, { start, end }) => sum + (end - start) / 3_600_000,
        0,
      );
    expect([hours('2026-03-29'), hours('2026-10-25'), hours('2026-06-01')]).toEqual([23, 25, 24]);
  });

  it('has nothing of hours that the clocks skip', () => {
    const week = weekOf('Europe/Vienna', { startTime: '02:00', endTime: '03:00' });
    expect(printed(week, '2026-03-29T12:00:00Z', '2026-03-29T13:00:00Z')).toEqual([]);
  });

  it('leaves out days off, and days on which the doctor takes no appointments', () => {
    expect(printed(weekOf('UTC', {}, ['TUESDAY']), '2026-01-12T00:00:00Z', '2026-01-15T00:00:00Z')).toEqual([
      '2026-01-13T08:00:00.000Z/2026-01-13T17:00:00.000Z',
    ]);
    expect(
      printed(weekOf('UTC', { isAvailable: false }), '2026-01-12T00:00:00Z', '2026-01-15T00:00:00Z'),
    ).toEqual([]);
  });

  it('goes on over midnight where one day ends at 24:00 and the next begins at 00:00', () => {
    const week = weekOf('UTC', { startTime: '00:00', endTime: '24:00' });
    expect(printed(week, '2026-01-12T00:00:00Z', '2026-01-14T00:00:00Z')).toEqual([
      '2026-01-12T00:00:00.000Z/2026-01-14T00:00:00.000Z',
    ]);
    expect(isWorkingTime(week, range('2026-01-12T23:30:00Z', '2026-01-13T00:30:00Z'))).toBe(true);
  });
});

describe('a time', () => {
  const week = weekOf('Europe/Vienna', { endTime: '24:00', breakStart: '12:00', breakEnd: '13:00' }, [
    'MONDAY',
  ]);

  it.each([
    ['at the very beginning', '2026-01-12T07:00:00Z', '2026-01-12T08:00:00Z', true],
    ['a minute early', '2026-01-12T06:59:00Z', '2026-01-12T08:00:00Z', false],
    ['until the break', '2026-01-12T10:30:00Z', '2026-01-12T11:00:00Z', true],
    ['into the break', '2026-01-12T10:31:00Z', '2026-01-12T11:01:00Z', false],
    ['over the break', '2026-01-12T10:30:00Z', '2026-01-12T12:30:00Z', false],
    ['within the break', '2026-01-12T11:15:00Z', '2026-01-12T11:45:00Z', false],
    ['from the end of the break', '2026-01-12T12:00:00Z', '2026-01-12T12:30:00Z', true],
    ['until midnight', '2026-01-12T22:30:00Z', '2026-01-12T23:00:00Z', true],
    ['past midnight', '2026-01-12T22:45:00Z', '2026-01-12T23:15:00Z', false],
    ['on a day off', '2026-01-13T09:00:00Z', '2026-01-13T09:30:00Z', false],
  ])('%s is within the hours or not', (_, start, end, expected) => {
    expect(isWorkingTime(week, range(start, end))).toBe(expected);
  });
});

describe('exceptions', () => {
  const week = weekOf('Europe/Vienna', { breakStart: '12:00', breakEnd: '13:00' });
  const exception = (what: Partial<ScheduleException>): ScheduleException => ({
    id: 1,
    kind: 'TIME_OFF',
    doctorId: 1,
    firstDate: '2026-01-12',
    lastDate: '2026-01-12',
    startTime: null,
    endTime: null,
    reason: null,
    ...what,
  });
  /** What is worked on the Monday and the Tuesday, by the clocks of Vienna. */
  const worked = (...exceptions: ScheduleException[]): string[] =>
    [...workingTime({ ...week, exceptions }, range('2026-01-12T12:00:00Z', '2026-01-13T12:00:00Z'))].map(
      ({ start, end }) =>
        [start, end].map((at) => new Date(at + 3_600_000).toISOString().slice(8, 16)).join('/'),
    );
  const monday = ['12T08:00/12T12:00', '12T13:00/12T17:00'];
  const tuesday = ['13T08:00/13T12:00', '13T13:00/13T17:00'];

  it.each<[string, ScheduleException[], string[]]>([
    ['a day off', [exception({})], tuesday],
    ['days off', [exception({ firstDate: '2025-12-24', lastDate: '2026-01-13' })], []],
    [
      'days off that are over',
      [exception({ firstDate: '2026-01-01', lastDate: '2026-01-11' })],
      [...monday, ...tuesday],
    ],
    [
      'a part of a day off, over the break',
      [exception({ startTime: '11:00', endTime: '14:30' })],
      ['12T08:00/12T11:00', '12T14:30/12T17:00', ...tuesday],
    ],
    [
      'time off that overlaps other time off',
      [
        exception({ startTime: '07:00', endTime: '10:00' }),
        exception({ startTime: '09:00', endTime: '11:00' }),
      ],
      ['12T11:00/12T12:00', '12T13:00/12T17:00', ...tuesday],
    ],
    ['a holiday', [exception({ kind: 'CLINIC_HOLIDAY', doctorId: null })], tuesday],
    [
      'extra hours over the break and the evening',
      [exception({ kind: 'EXTRA_HOURS', startTime: '12:30', endTime: '20:00' })],
      ['12T08:00/12T12:00', '12T12:30/12T20:00', ...tuesday],
    ],
    [
      'extra hours on a day off and a holiday',
      [
        exception({}),
        exception({ kind: 'CLINIC_HOLIDAY', doctorId: null }),
        exception({ kind: 'EXTRA_HOURS', startTime: '09:00', endTime: '10:00' }),
      ],
      ['12T09:00/12T10:00', ...tuesday],
    ],
    [
      'extra hours over midnight, as two',
      [
        exception({ kind: 'EXTRA_HOURS', startTime: '22:00', endTime: '24:00' }),
        exception({
          kind: 'EXTRA_HOURS',
          firstDate: '2026-01-13',
          lastDate: '2026-01-13',
          startTime: '00:00',
          endTime: '01:00',
        }),
      ],
      [...monday, '12T22:00/13T01:00', ...tuesday],
    ],
  ])('with %s', (_, exceptions, expected) => {
    expect(worked(...exceptions)).toEqual(expected);
  });

  it('need no week', () => {
    const extra = exception({ kind: 'EXTRA_HOURS', startTime: '09:00', endTime: '10:00' });
    const calendar = { timeZone: 'UTC', days: [], exceptions: [extra] };
    expect(isWorkingTime(calendar, range('2026-01-12T09:00:00Z', '2026-01-12T10:00:00Z'))).toBe(true);
    expect(isWorkingTime(calendar, range('2026-01-13T09:00:00Z', '2026-01-13T10:00:00Z'))).toBe(false);
  });

  it.each([
    ['a whole day', {}, '2026-01-12T22:30:00Z', '2026-01-12T23:30:00Z', true],
    ['the day before', {}, '2026-01-11T22:30:00Z', '2026-01-11T23:00:00Z', false],
    ['hours', { startTime: '10:00', endTime: '11:00' }, '2026-01-12T09:45:00Z', '2026-01-12T10:15:00Z', true],
    [
      'earlier hours',
      { startTime: '10:00', endTime: '11:00' },
      '2026-01-12T10:00:00Z',
      '2026-01-12T10:15:00Z',
      false,
    ],
  ])('of %s are touched or not', (_, time, start, end, expected) => {
    expect(touchesException(exception(time), 'Europe/Vienna', range(start, end))).toBe(expected);
  });
});
