import { describe, expect, it } from 'vitest';
import { findTimeProblem } from './booking-rules.js';
import type { DoctorCalendar } from './schedule.js';
import type { ScheduleException } from './schedule-exception.js';

const terms = { now: new Date('2026-01-12T10:00:00Z'), minimumNotice: 0, isOutsideSchedule: false };
const week: DoctorCalendar = {
  timeZone: 'UTC',
  days: [
    {
      id: 1,
      dayOfWeek: 'MONDAY',
      startTime: '08:00',
      endTime: '17:00',
      breakStart: null,
      breakEnd: null,
      isAvailable: true,
      timeZone: 'UTC',
    },
  ],
  exceptions: [],
};

const at = (dateTime: string, type: 'CONSULTATION' | 'EMERGENCY' = 'CONSULTATION') => ({
  dateTime: new Date(dateTime),
  duration: 30,
  type,
});

describe('a time', () => {
  it('may be now, and not a millisecond before', () => {
    expect(findTimeProblem(week, at('2026-01-12T10:00:00Z'), terms)).toBeNull();
    expect(findTimeProblem(week, at('2026-01-12T09:59:59.999Z'), terms)?.code).toBe('IN_THE_PAST');
  });

  it('must be within the working hours', () => {
    expect(findTimeProblem(week, at('2026-01-12T16:30:00Z'), terms)).toBeNull();
    expect(findTimeProblem(week, at('2026-01-12T16:31:00Z'), terms)?.code).toBe('OUTSIDE_SCHEDULE');
  });

  it.each([
    ['has none', null],
    ['has an empty week', { ...week, days: [] }],
    ['takes no appointments', { ...week, days: week.days.map((day) => ({ ...day, isAvailable: false })) }],
  ])('says that the doctor has no working hours, who %s', (_, noHours) => {
    expect(findTimeProblem(noHours, at('2026-01-12T11:00:00Z'), terms)).toMatchObject({
      code: 'OUTSIDE_SCHEDULE',
      message: 'The doctor has no working hours.',
    });
  });
});

describe('extra hours', () => {
  const extraHours: ScheduleException = {
    ...{ id: 1, kind: 'EXTRA_HOURS', doctorId: 1, reason: null },
    ...{ firstDate: '2026-01-13', lastDate: '2026-01-13', startTime: '18:00', endTime: '19:00' },
  };

  it('are hours enough for a doctor without a week', () => {
    const calendar = { timeZone: 'UTC', days: [], exceptions: [extraHours] };
    expect(findTimeProblem(calendar, at('2026-01-13T18:30:00Z'), terms)).toBeNull();
    expect(findTimeProblem(calendar, at('2026-01-13T18:45:00Z'), terms)).toMatchObject({
      code: 'OUTSIDE_SCHEDULE',
      message: "The time is not within the doctor's working hours.",
    });
  });
});

describe('a minimum notice', () => {
  const noticed = { ...terms, minimumNotice: 60 };

  it('is kept to the minute', () => {
    expect(findTimeProblem(week, at('2026-01-12T11:00:00Z'), noticed)).toBeNull();
    expect(findTimeProblem(week, at('2026-01-12T10:59:59Z'), noticed)).toMatchObject({
      code: 'TOO_SHORT_NOTICE',
      field: ['dateTime'],
    });
  });

  it('is nothing to an emergency', () => {
    expect(findTimeProblem(week, at('2026-01-12T10:00:00Z', 'EMERGENCY'), noticed)).toBeNull();
  });
});

describe('an override of the schedule', () => {
  const waived = { ...terms, minimumNotice: 60, isOutsideSchedule: true };

  it('waives working hours and notice', () => {
    expect(findTimeProblem(week, at('2026-01-13T03:00:00Z'), waived)).toBeNull();
    expect(findTimeProblem(null, at('2026-01-12T10:01:00Z'), waived)).toBeNull();
  });

  it('does not bring the past back', () => {
    expect(findTimeProblem(week, at('2026-01-12T09:59:59Z'), waived)?.code).toBe('IN_THE_PAST');
  });
});

describe('an emergency', () => {
  it('may be outside the working hours, also of a doctor who has none', () => {
    expect(findTimeProblem(week, at('2026-01-13T03:00:00Z', 'EMERGENCY'), terms)).toBeNull();
    expect(findTimeProblem(null, at('2026-01-13T03:00:00Z', 'EMERGENCY'), terms)).toBeNull();
  });

  it('may have begun a quarter of an hour ago, and not earlier', () => {
    expect(findTimeProblem(week, at('2026-01-12T09:45:00Z', 'EMERGENCY'), terms)).toBeNull();
    expect(findTimeProblem(week, at('2026-01-12T09:44:59Z', 'EMERGENCY'), terms)?.code).toBe('IN_THE_PAST');
  });
});
