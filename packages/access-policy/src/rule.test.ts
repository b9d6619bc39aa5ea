import type { Viewer } from '@caregraph/service-kit';
import { describe, expect, it } from 'vitest';
import { fields, mayAct, type Rule } from './rule.js';

const rule: Rule = { ADMIN: 'yes', DOCTOR: 'own', NURSE: 'no', STAFF: 'no', appointments: 'yes' };
const user = (role: 'ADMIN' | 'DOCTOR' | 'NURSE'): Viewer => ({ kind: 'user', id: 7, role, sessionId: 's' });

describe('whether somebody may act', () => {
  it.each<[string, Viewer, number | null, boolean]>([
    ['yes, on a record of anybody', user('ADMIN'), 8, true],
    ['yes, on a record that is nobody’s', user('ADMIN'), null, true],
    ['own, on the own record', user('DOCTOR'), 7, true],
    ['own, on a record of somebody else', user('DOCTOR'), 8, false],
    ['own, on a record that is nobody’s', user('DOCTOR'), null, false],
    ['no, even on the own record', user('NURSE'), 7, false],
    ['yes to a service that it names', { kind: 'service', name: 'appointments' }, 7, true],
    ['nothing of a service', { kind: 'service', name: 'gateway' }, 7, false],
    ['nothing of somebody who has not logged in', { kind: 'anonymous' }, 7, false],
  ])('where the rule says %s', (_, viewer, ownerId, expected) => {
    expect(mayAct(viewer, rule, ownerId)).toBe(expected);
  });
});

describe('the rules of fields', () => {
  it('are given to several at once', () => {
    expect(fields({ 'id name': rule, notes: rule })).toEqual({ id: rule, name: rule, notes: rule });
  });

  it('are one for each field', () => {
    expect(() => fields({ 'id name': rule, 'notes name': rule })).toThrow('A field has two rules');
  });
});
