import { validate } from '@caregraph/service-kit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPatientInput, updatePatientInput } from './patient-input.js';

const record = {
  firstName: 'Ada',
  lastName: 'Lovelace',
  dateOfBirth: '1985-12-10',
  gender: 'FEMALE',
  phone: '+1 (555) 010-0100',
  email: 'ada@example.com',
};

/** The paths of the values that break a rule. */
function problemsOf(overrides: object): string[] {
  const validated = validate(createPatientInput, { ...record, ...overrides });
  return validated.ok ? [] : validated.problems.map(({ field }) => field.join('.'));
}

describe('a new patient', () => {
  it.each([
    { firstName: 'x'.repeat(100) },
    { firstName: '’t' },
    { phone: '12345' },
    { phone: '+49 30 1234-567 x12' },
    { email: `${'a'.repeat(64)}@${'b'.repeat(60)}.example` },
    { dateOfBirth: '1850-01-01' },
    { address: null, insurance: null, emergencyContact: null, medicalHistory: null },
    { address: { line: '', city: null } },
    { address: { line: 'x'.repeat(10_000) }, medications: '𝒜'.repeat(10_000) },
  ])('may be %j', (overrides) => {
    expect(problemsOf(overrides)).toEqual([]);
  });

  it.each([
    ['firstName', { firstName: '' }],
    ['firstName', { firstName: ' \u00a0' }],
    ['lastName', { lastName: 'x'.repeat(101) }],
    ['lastName', { lastName: null }],
    ['dateOfBirth', { dateOfBirth: '1849-12-31' }],
    ['gender', { gender: 'female' }],
    ['phone', { phone: '1234' }],
    ['phone', { phone: '1'.repeat(16) }],
    ['phone', { phone: '12345' + ' '.repeat(16) }],
    ['phone', { phone: '555-CALL-NOW' }],
    ['email', { email: 'ada' }],
    ['email', { email: 'ada@localhost' }],
    ['email', { email: 'ada lovelace@example.com' }],
    ['email', { email: `${'a'.repeat(250)}@b.example` }],
    ['address.city', { address: { city: 'x'.repeat(101) } }],
    ['address.state', { address: { state: 'x'.repeat(51) } }],
    ['address.zipCode', { address: { zipCode: 'x'.repeat(21) } }],
    ['address.line', { address: { line: 'x'.repeat(10_001) } }],
    ['insurance.provider', { insurance: { provider: 'x'.repeat(256) } }],
    ['insurance.policyNumber', { insurance: { policyNumber: 'x'.repeat(101) } }],
    ['emergencyContact.name', { emergencyContact: { name: 'x'.repeat(201) } }],
    ['emergencyContact.phone', { emergencyContact: { phone: 'x' } }],
    ['emergencyContact.relationship', { emergencyContact: { relationship: 'x'.repeat(51) } }],
    ['medicalHistory', { medicalHistory: 'x'.repeat(10_001) }],
    ['allergies', { allergies: 'a\0' }],
    ['medications', { medications: '\udc00' }],
  ])('breaks the rule of %s with %j', (field, overrides) => {
    expect(problemsOf(overrides)).toEqual([field]);
  });
});

describe('the date of birth', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date('2026-03-01T23:30:00.000-05:00') });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is today in UTC at the latest, for those who were born today', () => {
    expect(problemsOf({ dateOfBirth: '2026-03-02' })).toEqual([]);
    expect(problemsOf({ dateOfBirth: '2026-03-03' })).toEqual(['dateOfBirth']);
  });
});

describe('changes of a patient', () => {
  it('keep the difference between absent and null', () => {
    const input = { id: '1', address: { line: null }, insurance: null };
    expect(validate(updatePatientInput, input)).toEqual({ ok: true, value: input });
  });

  it.each(['firstName', 'lastName', 'dateOfBirth', 'gender', 'phone', 'email'])(
    'do not clear %s',
    (field) => {
      expect(validate(updatePatientInput, { id: '1', [field]: null })).toMatchObject({
        ok: false,
        problems: [{ code: 'INVALID_INPUT', field: [field] }],
      });
    },
  );
});
