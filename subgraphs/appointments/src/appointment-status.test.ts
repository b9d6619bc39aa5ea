import { policy } from '@caregraph/access-policy';
import { expect, it } from 'vitest';
import { appointmentStatuses, movableStatuses, transitions } from './appointment-status.js';

it('has the transitions of the flow, and no others', () => {
  const sourcesOf = (target: string): string[] =>
    transitions.filter(({ to }) => to === target).map(({ from }) => from);
  expect(Object.fromEntries(appointmentStatuses.map((target) => [target, sourcesOf(target)]))).toEqual({
    SCHEDULED: [],
    CONFIRMED: ['SCHEDULED'],
    IN_PROGRESS: ['CONFIRMED'],
    COMPLETED: ['IN_PROGRESS'],
    CANCELLED: ['SCHEDULED', 'CONFIRMED', 'IN_PROGRESS'],
    NO_SHOW: ['SCHEDULED', 'CONFIRMED', 'CANCELLED'],
  });
});

it('says of each transition who may make it, and from when on', () => {
  const { mutate, transition } = policy;
  const rules = Object.fromEntries(
    transitions.map(({ from, to, may, when }) => [`${from} → ${to}`, [may, when]]),
  );
  expect(rules).toEqual({
    'SCHEDULED → CONFIRMED': [mutate.confirmAppointment, 'any-time'],
    'SCHEDULED → CANCELLED': [mutate.cancelAppointment, 'any-time'],
    'SCHEDULED → NO_SHOW': [mutate.markAppointmentNoShow, 'once-due'],
    'CONFIRMED → IN_PROGRESS': [mutate.startAppointment, 'from-its-day-on'],
    'CONFIRMED → CANCELLED': [mutate.cancelAppointment, 'any-time'],
    'CONFIRMED → NO_SHOW': [mutate.markAppointmentNoShow, 'once-due'],
    'IN_PROGRESS → COMPLETED': [mutate.completeAppointment, 'once-started'],
    'IN_PROGRESS → CANCELLED': [mutate.cancelAppointment, 'any-time'],
    'CANCELLED → NO_SHOW': [transition.cancelledToNoShow, 'once-due'],
  });
});

it('lets nobody make a transition who may not run the mutation for it', () => {
  const mutations = {
    CONFIRMED: policy.mutate.confirmAppointment,
    IN_PROGRESS: policy.mutate.startAppointment,
    COMPLETED: policy.mutate.completeAppointment,
    CANCELLED: policy.mutate.cancelAppointment,
    NO_SHOW: policy.mutate.markAppointmentNoShow,
  };
  const breadth = { no: 0, own: 1, yes: 2 };
  for (const { to, may } of transitions) {
    if (to === 'SCHEDULED') throw new Error('Nothing becomes scheduled but by being booked.');
    for (const role of ['ADMIN', 'DOCTOR', 'NURSE', 'STAFF'] as const)
      expect(breadth[may[role]]).toBeLessThanOrEqual(breadth[mutations[to][role]]);
  }
});

it('never comes back to a status, whatever path an appointment takes', () => {
  const reachable = (from: string, seen: string[]): string[] =>
    transitions
      .filter((transition) => transition.from === from)
      .flatMap(({ to }) => {
        expect(seen).not.toContain(to);
        return [to, ...reachable(to, [...seen, to])];
      });
  expect(new Set(['SCHEDULED', ...reachable('SCHEDULED', ['SCHEDULED'])])).toEqual(
    new Set(appointmentStatuses),
  );
});

it('moves only what has not begun', () => {
  expect(movableStatuses).toEqual(['SCHEDULED', 'CONFIRMED']);
});
