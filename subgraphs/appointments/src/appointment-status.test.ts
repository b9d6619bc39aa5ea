import { expect, it } from 'vitest';
import { appointmentStatuses, movableStatuses, statusesBefore } from './appointment-status.js';

it('has the transitions of the flow, and no others', () => {
  expect(Object.fromEntries(appointmentStatuses.map((target) => [target, statusesBefore(target)]))).toEqual({
    SCHEDULED: [],
    CONFIRMED: ['SCHEDULED'],
    IN_PROGRESS: ['CONFIRMED'],
    COMPLETED: ['IN_PROGRESS'],
    CANCELLED: ['SCHEDULED', 'CONFIRMED', 'IN_PROGRESS'],
    NO_SHOW: ['SCHEDULED', 'CONFIRMED', 'CANCELLED'],
  });
});

it('never comes back to a status, whatever path an appointment takes', () => {
  const reachable = (from: string, seen: string[]): string[] =>
    appointmentStatuses
      .filter((target) => statusesBefore(target).some((status) => status === from))
      .flatMap((target) => {
        expect(seen).not.toContain(target);
        return [target, ...reachable(target, [...seen, target])];
      });
  expect(new Set(['SCHEDULED', ...reachable('SCHEDULED', ['SCHEDULED'])])).toEqual(
    new Set(appointmentStatuses),
  );
});

it('moves only what has not begun', () => {
  expect(movableStatuses).toEqual(['SCHEDULED', 'CONFIRMED']);
});
