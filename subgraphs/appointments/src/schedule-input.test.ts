import { validate } from '@caregraph/service-kit';
import { describe, expect, it } from 'vitest';
import { setDoctorScheduleInput } from './schedule-input.js';

const monday = { dayOfWeek: 'MONDAY', startTime: '08:00', endTime: '17:00' };

function brokenFields(...days: object[]): string[] {
  const validated = validate(setDoctorScheduleInput, { doctorId: '1', days });
  return validated.ok ? [] : validated.problems.map(({ field }) => field.join('.'));
}

describe('a week', () => {
  it('takes what is absent for no break, available, and the time zone as before', () => {
    expect(validate(setDoctorScheduleInput, { doctorId: '1', days: [monday] })).toEqual({
      ok: true,
      value: {
        doctorId: '1',
        timeZone: null,
        days: [{ ...monday, breakStart: null, breakEnd: null, isAvailable: true }],
      },
    });
  });

  it.each([
    ['the whole day', { startTime: '00:00', endTime: '24:00' }],
    ['a break at the beginning', { breakStart: '08:00', breakEnd: '08:30' }],
    ['a break until the end', { breakStart: '16:00', breakEnd: '17:00' }],
  ])('may have %s', (_, hours) => {
    expect(brokenFields({ ...monday, ...hours })).toEqual([]);
  });

  it.each([
    ['an end before the start', { endTime: '07:00' }, 'endTime'],
    ['no length', { endTime: '08:00' }, 'endTime'],
    ['a start at the end of the day', { startTime: '24:00', endTime: '24:00' }, 'endTime'],
    ['half a break', { breakStart: '12:00' }, 'breakEnd'],
    ['the other half', { breakEnd: '12:00' }, 'breakStart'],
    ['a break that ends before it begins', { breakStart: '13:00', breakEnd: '12:00' }, 'breakEnd'],
    ['a break before work', { breakStart: '07:00', breakEnd: '09:00' }, 'breakStart'],
    ['a break after work', { breakStart: '16:00', breakEnd: '18:00' }, 'breakEnd'],
  ])('may not have %s', (_, hours, field) => {
    expect(brokenFields({ ...monday, ...hours })).toEqual([`days.0.${field}`]);
  });

  it('names each day once', () => {
    const tuesday = { ...monday, dayOfWeek: 'TUESDAY' };
    expect(brokenFields(monday, tuesday, monday)).toEqual(['days.2.dayOfWeek']);
  });

  it('may be empty', () => {
    expect(brokenFields()).toEqual([]);
  });
});

describe('a time zone', () => {
  it.each(['UTC', 'Europe/Vienna', 'America/New_York', 'Asia/Kolkata'])('may be %s', (timeZone) => {
    expect(validate(setDoctorScheduleInput, { doctorId: '1', timeZone, days: [] }).ok).toBe(true);
  });

  it.each(['', 'Europe/Atlantis', '+01:00', 'Europe/Vienna\0', 'x'.repeat(65)])(
    'may not be %j',
    (timeZone) => {
      expect(validate(setDoctorScheduleInput, { doctorId: '1', timeZone, days: [] }).ok).toBe(false);
    },
  );
});

describe('a time zone', () => {
  const isTaken = (timeZone: string): boolean =>
    validate(setDoctorScheduleInput, { doctorId: '1', timeZone, days: [] }).ok;

  it.each(['UTC', 'Europe/Vienna', 'America/Argentina/Buenos_Aires', 'Asia/Kolkata'])('may be %s', (name) => {
    expect(isTaken(name)).toBe(true);
  });

  it.each(['PST', 'IST', 'ACT', '+01:00', 'Europe/Atlantis', ''])('may not be %j', (name) => {
    expect(isTaken(name)).toBe(false);
  });
});
