import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toBookingRequest } from './booking-request.js';

const input: Parameters<typeof toBookingRequest>[1] = {
  patientId: '1',
  doctorId: '2',
  dateTime: new Date('2100-03-01T09:00:00Z'),
  duration: 30,
  type: 'CONSULTATION',
  reason: 'Cough',
  notes: 'Smokes',
  idempotencyKey: 'a key',
  holdId: null,
  override: null,
};

describe('the digest of a booking', () => {
  it('tells nothing of the notes', () => {
    const digests = [input, { ...input, notes: 'Does not smoke' }, { ...input, notes: null }].map(
      (one) => toBookingRequest(7, one)?.digest,
    );
    expect(new Set(digests.map(String)).size).toBe(1);
  });

  it('is what it was before there were holds, where none is named', () => {
    const { patientId, doctorId, dateTime, duration, type, reason } = input;
    const former = JSON.stringify({ patientId, doctorId, dateTime, duration, type, reason, notes: null });
    const digest = createHash('sha256').update(former).digest();
    expect(Buffer.from(toBookingRequest(7, input)?.digest ?? [])).toEqual(digest);
  });

  it.each([
    { patientId: '2' },
    { doctorId: '3' },
    { dateTime: new Date('2100-03-01T09:00:01Z') },
    { duration: 31 },
    { type: 'PROCEDURE' },
    { reason: 'cough' },
    { holdId: '4' },
    { override: { outsideSchedule: true, doctorOverlap: false, patientOverlap: false, reason: 'Asked for' } },
  ] as const)('is another one for %o', (other) => {
    const [one, two] = [toBookingRequest(7, input), toBookingRequest(7, { ...input, ...other })];
    expect(one?.digest).toHaveLength(32);
    expect(two?.digest).not.toEqual(one?.digest);
  });
});

it('is no request that has no key', () => {
  expect(toBookingRequest(7, { ...input, idempotencyKey: null })).toBeNull();
});
