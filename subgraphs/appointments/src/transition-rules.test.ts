import { roles, type Viewer } from '@caregraph/service-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appointmentStatuses, type TimeRule } from './appointment-status.js';
import type { AppointmentStatus } from './generated/graphql.js';
import { findPrematurity, findTransition } from './transition-rules.js';

const ownDoctor = 7;
type Role = (typeof roles)[number];

function viewerOf(role: Role, id: number): Viewer {
  return { kind: 'user', id, role, sessionId: 'x' };
}

/** The code of the refusal of a step; null when the rules have nothing against it but perhaps the time. */
function refusalOf(
  viewer: Viewer,
  status: AppointmentStatus,
  to: AppointmentStatus,
  { isActive = true, version = null as number | null } = {},
): string | null {
  const found = findTransition(
    viewer,
    { status, isActive, version: 3, doctorId: ownDoctor },
    { to, version },
  );
  return 'userErrors' in found ? found.userErrors.map(({ code }) => code).join() : null;
}

/** Where each status leads, and for whom, spelled out once more. */
const everyone: readonly Role[] = ['ADMIN', 'DOCTOR', 'NURSE', 'STAFF'];
const treating: readonly Role[] = ['ADMIN', 'DOCTOR', 'NURSE'];
const flow: Readonly<Record<string, readonly Role[]>> = {
  'SCHEDULED CONFIRMED': everyone,
  'SCHEDULED CANCELLED': everyone,
  'SCHEDULED NO_SHOW': everyone,
  'CONFIRMED IN_PROGRESS': treating,
  'CONFIRMED CANCELLED': everyone,
  'CONFIRMED NO_SHOW': everyone,
  'IN_PROGRESS COMPLETED': treating,
  'IN_PROGRESS CANCELLED': everyone,
  'CANCELLED NO_SHOW': ['ADMIN', 'STAFF'],
};
const targets = ['CONFIRMED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED', 'NO_SHOW'] as const;
const isTreatment = (to: AppointmentStatus): boolean => to === 'IN_PROGRESS' || to === 'COMPLETED';

describe.each(roles)('what is %s', (role) => {
  it.each(appointmentStatuses)('passes from %s as the flow has it', (status) => {
    for (const to of targets) {
      const allowed = flow[`${status} ${to}`];
      const isNeverTheirs = role === 'STAFF' && isTreatment(to);
      const expected = allowed === undefined ? 'INVALID_TRANSITION' : 'FORBIDDEN';
      expect(refusalOf(viewerOf(role, ownDoctor), status, to), to).toBe(
        allowed?.includes(role) === true ? null : isNeverTheirs ? 'FORBIDDEN' : expected,
      );
    }
  });
});

it('keeps a doctor from treating in the place of another one, whatever the status', () => {
  const another = viewerOf('DOCTOR', ownDoctor + 1);
  for (const status of appointmentStatuses) {
    expect(refusalOf(another, status, 'IN_PROGRESS')).toBe('FORBIDDEN');
    expect(refusalOf(another, status, 'COMPLETED')).toBe('FORBIDDEN');
  }
  expect(refusalOf(another, 'SCHEDULED', 'CONFIRMED')).toBeNull();
});

it('looks at the version before the status, and takes an appointment that is not in use nowhere', () => {
  const nurse = viewerOf('NURSE', 1);
  expect(refusalOf(nurse, 'SCHEDULED', 'CONFIRMED', { version: 3 })).toBeNull();
  expect(refusalOf(nurse, 'COMPLETED', 'CONFIRMED', { version: 2 })).toBe('STALE_VERSION');
  for (const status of appointmentStatuses)
    expect(refusalOf(nurse, status, 'CANCELLED', { isActive: false })).toBe('INVALID_TRANSITION');
});

describe('the time', () => {
  const dateTime = new Date('2026-03-29T00:30:00Z');
  const isEarly = (
    when: TimeRule,
    now: string,
    more: { timeZone?: string; startedAt?: Date } = {},
  ): boolean =>
    findPrematurity(when, { dateTime }, { now: new Date(now), startedAt: null, timeZone: 'UTC', ...more }) !==
    null;

  it('of a no-show is when the appointment begins', () => {
    expect(isEarly('once-due', '2026-03-29T00:29:59.999Z')).toBe(true);
    expect(isEarly('once-due', '2026-03-29T00:30:00Z')).toBe(false);
  });

  it.each([
    ['UTC', '2026-03-29T00:00:00Z'],
    // Clocks go forward on that day, an hour after the appointment.
    ['Europe/Vienna', '2026-03-28T23:00:00Z'],
    ['America/New_York', '2026-03-28T04:00:00Z'],
    ['Pacific/Kiritimati', '2026-03-28T10:00:00Z'],
    ['Pacific/Pago_Pago', '2026-03-28T11:00:00Z'],
    ['Asia/Kathmandu', '2026-03-28T18:15:00Z'],
  ])('of a start is the whole day in %s', (timeZone, midnight) => {
    const before = new Date(Date.parse(midnight) - 1).toISOString();
    expect(isEarly('from-its-day-on', before, { timeZone })).toBe(true);
    expect(isEarly('from-its-day-on', midnight, { timeZone })).toBe(false);
    expect(isEarly('from-its-day-on', '2027-01-01T00:00:00Z', { timeZone })).toBe(false);
  });

  it('of a start is the first hour of a day that has no midnight', () => {
    // In Beirut, midnight of that day is skipped: it begins at one o'clock.
    const timeZone = 'Asia/Beirut';
    expect(isEarly('from-its-day-on', '2026-03-28T21:59:59.999Z', { timeZone })).toBe(true);
    expect(isEarly('from-its-day-on', '2026-03-28T22:00:00Z', { timeZone })).toBe(false);
  });

  it('of a completion is not before the start that the history has, if it has one', () => {
    const startedAt = new Date('2026-03-29T00:40:00Z');
    expect(isEarly('once-started', '2026-03-29T00:39:59.999Z', { startedAt })).toBe(true);
    expect(isEarly('once-started', '2026-03-29T00:40:00Z', { startedAt })).toBe(false);
    expect(isEarly('once-started', '2026-03-29T00:00:00Z')).toBe(false);
  });
});

describe('no sequence of mutations', () => {
  const day = 86_400_000;
  const dateTime = new Date('2026-10-25T10:00:00Z');
  const timeZone = 'Europe/Vienna';
  const localMidnight = Date.parse('2026-10-24T22:00:00Z');
  const step = fc.record({
    to: fc.constantFrom(...targets),
    role: fc.constantFrom(...roles),
    id: fc.constantFrom(ownDoctor, ownDoctor + 1),
    version: fc.constantFrom('none', 'current', 'stale'),
    /** May go back: clocks do. */
    passes: fc.integer({ min: -day / 8, max: day / 2 }),
  });

  it('reaches an illegal state, or one by somebody or at a time that does not fit', () => {
    const seen = new Set<AppointmentStatus>();
    fc.assert(
      fc.property(fc.integer({ min: -2, max: 2 }), fc.array(step, { maxLength: 60 }), (days, steps) => {
        let [status, version]: [AppointmentStatus, number] = ['SCHEDULED', 1];
        let now = localMidnight + days * day;
        let startedAt: Date | null = null;
        for (const { to, role, id, version: sent, passes } of steps) {
          now += passes;
          const found = findTransition(
            viewerOf(role, id),
            { status, version, isActive: true, doctorId: ownDoctor },
            { to, version: { none: null, current: version, stale: version - 1 }[sent] },
          );
          if ('userErrors' in found) continue;
          const moments = { now: new Date(now), startedAt, timeZone };
          if (findPrematurity(found.when, { dateTime }, moments) !== null) continue;
          expect(flow[`${status} ${to}`]).toContain(role);
          expect(sent).not.toBe('stale');
          if (role === 'DOCTOR' && isTreatment(to)) expect(id).toBe(ownDoctor);
          if (to === 'NO_SHOW') expect(now).toBeGreaterThanOrEqual(dateTime.getTime());
          if (to === 'IN_PROGRESS') expect(now).toBeGreaterThanOrEqual(localMidnight);
          if (to === 'COMPLETED') expect(now).toBeGreaterThanOrEqual(startedAt?.getTime() ?? Infinity);
          if (to === 'IN_PROGRESS') startedAt = new Date(now);
          [status, version] = [to, version + 1];
          seen.add(status);
        }
      }),
      { seed: 20_261_127, numRuns: 5_000 },
    );
    // The sequences have been everywhere.
    expect([...seen].sort()).toEqual([...targets].sort());
  });
});
