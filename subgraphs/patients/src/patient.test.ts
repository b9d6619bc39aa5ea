import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ageOn, genderMapping } from './patient.js';

describe('age', () => {
  it.each([
    ['1985-12-10', '2025-12-09T23:59:59.999Z', 39],
    ['1985-12-10', '2025-12-10T00:00:00.000Z', 40],
    ['2004-02-29', '2023-02-28T12:00:00.000Z', 18],
    ['2004-02-29', '2023-03-01T00:00:00.000Z', 19],
    ['2004-02-29', '2024-02-28T12:00:00.000Z', 19],
    ['2004-02-29', '2024-02-29T00:00:00.000Z', 20],
    ['2025-06-01', '2025-06-01T00:00:00.000Z', 0],
    ['1899-12-31', '2026-01-01T00:00:00.000Z', 126],
  ])('of somebody born on %s is at %s %i', (dateOfBirth, instant, age) => {
    expect(ageOn(dateOfBirth, new Date(instant))).toBe(age);
  });

  it('grows by one in each year, on one day', () => {
    const day = fc.date({ min: new Date('1900-01-01'), max: new Date('2020-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 50_000 }), (born, days) => {
        const dateOfBirth = born.toISOString().slice(0, 10);
        const today = new Date(Date.parse(dateOfBirth) + days * 86_400_000);
        const tomorrow = new Date(today.getTime() + 86_400_000);
        const step = ageOn(dateOfBirth, tomorrow) - ageOn(dateOfBirth, today);
        const birthday = tomorrow.toISOString().slice(5, 10) === dateOfBirth.slice(5);
        const leapBirthday =
          dateOfBirth.endsWith('02-29') &&
          today.toISOString().slice(5, 10) === '02-28' &&
          tomorrow.toISOString().slice(5, 10) === '03-01';
        expect(step).toBe(birthday || leapBirthday ? 1 : 0);
      }),
    );
  });
});

describe('gender', () => {
  it('is mapped to all values that the column allows, and back', () => {
    const migration = new URL(
      '../../../prisma/patients/migrations/20260301080000_create_patients/migration.sql',
      import.meta.url,
    );
    const [, list = ''] = /CHECK \(gender IN \(([^)]+)\)\)/.exec(readFileSync(migration, 'utf8')) ?? [];
    const allowed = list.split(', ').map((value) => value.slice(1, -1));
    expect(allowed.map((value) => genderMapping.toColumn(genderMapping.fromColumn(value)))).toEqual(allowed);
    expect((['MALE', 'FEMALE', 'OTHER'] as const).map((name) => genderMapping.toColumn(name))).toEqual(
      allowed,
    );
  });

  it('refuses a value that the column does not allow', () => {
    expect(() => genderMapping.fromColumn('unknown')).toThrow('"unknown"');
  });
});
