import { describe, expect, it } from 'vitest';
import { findHoldProblem } from './slot-hold-rules.js';

const hold = {
  id: 4,
  doctorId: 2,
  dateTime: new Date('2100-03-01T09:00:00Z'),
  duration: 60,
  type: 'CONSULTATION',
  expiresAt: new Date('2100-02-01T09:10:00Z'),
} as const;
const at = (time: string, duration: number, doctorId = 2) =>
  findHoldProblem(hold, { doctorId, dateTime: new Date(`2100-03-01T${time}:00Z`), duration });

describe('a booking under a hold', () => {
  it.each([
    ['09:00', 60],
    ['09:00', 15],
    ['09:45', 15],
  ])('may lie anywhere within the held time: at %s for %i minutes', (time, duration) => {
    expect(at(time, duration)).toBeNull();
  });

  it.each([
    ['08:59', 15],
    ['09:46', 15],
    ['09:00', 61],
    ['10:00', 15],
  ])('is refused where a part of it lies outside: at %s for %i minutes', (time, duration) => {
    expect(at(time, duration)).toMatchObject({ code: 'INVALID_INPUT', field: ['holdId'] });
  });

  it('is refused for another doctor', () => {
    expect(at('09:00', 15, 3)).toMatchObject({ code: 'INVALID_INPUT', field: ['holdId'] });
  });

  it('is refused with HOLD_EXPIRED where there is no hold', () => {
    const time = { doctorId: 2, dateTime: hold.dateTime, duration: 15 };
    expect(findHoldProblem(null, time)).toMatchObject({ code: 'HOLD_EXPIRED', field: ['holdId'] });
  });
});
