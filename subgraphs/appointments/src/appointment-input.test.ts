import { validate } from '@caregraph/service-kit';
import { describe, expect, it } from 'vitest';
import {
  bookAppointmentInput,
  rescheduleAppointmentInput,
  updateAppointmentInput,
} from './appointment-input.js';

const booking = {
  patientId: '1',
  doctorId: '2',
  dateTime: new Date('2026-03-02T09:00:00Z'),
  duration: 30,
  type: 'CONSULTATION',
  reason: 'Check-up',
};

/** The fields in which an input breaks a rule. */
function brokenFields(schema: Parameters<typeof validate>[0], input: object): string[] {
  const validated = validate(schema, input);
  return validated.ok ? [] : validated.problems.map(({ field }) => field.join('.'));
}

describe('a booking', () => {
  it.each([15, 16, 479, 480])('may take %i minutes', (duration) => {
    expect(brokenFields(bookAppointmentInput, { ...booking, duration })).toEqual([]);
  });

  it.each([-15, 0, 14, 481, 2_147_483_647])('may not take %i minutes', (duration) => {
    expect(brokenFields(bookAppointmentInput, { ...booking, duration })).toEqual(['duration']);
  });

  it.each([
    ['reason', ''],
    ['reason', ' \n'],
    ['reason', 'x'.repeat(10_001)],
    ['reason', 'a\0b'],
    ['notes', 'x'.repeat(10_001)],
    ['notes', '\ud800'],
    ['idempotencyKey', ''],
    ['idempotencyKey', 'x'.repeat(256)],
    ['idempotencyKey', 'a\0b'],
  ])('refuses a %s that cannot be kept', (field, value) => {
    expect(brokenFields(bookAppointmentInput, { ...booking, [field]: value })).toEqual([field]);
  });

  it('counts characters as PostgreSQL does, and changes none', () => {
    const text = { reason: '\u{1f9b7}'.repeat(10_000), notes: ' x ', idempotencyKey: ' ' };
    const input = { ...booking, ...text, holdId: '4', override: null };
    expect(validate(bookAppointmentInput, input)).toEqual({ ok: true, value: input });
  });

  it('takes what is absent for null', () => {
    expect(validate(bookAppointmentInput, booking)).toEqual({
      ok: true,
      value: { ...booking, notes: null, idempotencyKey: null, holdId: null, override: null },
    });
  });

  it('reports every rule that is broken', () => {
    expect(brokenFields(bookAppointmentInput, { ...booking, duration: 5, reason: '' })).toEqual([
      'duration',
      'reason',
    ]);
  });
});

describe('an update', () => {
  it('leaves alone what is absent, and clears notes only', () => {
    expect(validate(updateAppointmentInput, { id: '1' })).toEqual({ ok: true, value: { id: '1' } });
    expect(brokenFields(updateAppointmentInput, { id: '1', type: null, reason: null, notes: null })).toEqual([
      'type',
      'reason',
    ]);
  });
});

describe('a new time', () => {
  it('may leave out the duration, or give null', () => {
    const time = { id: '1', dateTime: booking.dateTime };
    expect(brokenFields(rescheduleAppointmentInput, time)).toEqual([]);
    expect(brokenFields(rescheduleAppointmentInput, { ...time, duration: null })).toEqual([]);
    expect(brokenFields(rescheduleAppointmentInput, { ...time, duration: 10 })).toEqual(['duration']);
  });
});
