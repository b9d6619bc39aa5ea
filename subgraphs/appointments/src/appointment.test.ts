import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { endOf, invalid, statusMapping, typeMapping } from './appointment.js';
import { appointmentStatuses } from './appointment-status.js';

const migration = readFileSync(
  new URL(
    '../../../prisma/appointments/migrations/20260301080000_create_appointments/migration.sql',
    import.meta.url,
  ),
  'utf8',
);

/** The strings that the CHECK of a column allows. */
function allowed(column: string): string[] {
  const [, list = ''] = new RegExp(`CHECK \\(${column} IN \\(([^)]*)\\)`).exec(migration) ?? [];
  return list.split(',').map((value) => value.trim().slice(1, -1));
}

describe('the mappings', () => {
  it('know every type of the column, both ways', () => {
    const names = allowed('type').map(typeMapping.fromColumn);
    expect(names).toEqual(['CONSULTATION', 'FOLLOW_UP', 'PROCEDURE', 'EMERGENCY']);
    expect(names.map(typeMapping.toColumn)).toEqual(allowed('type'));
  });

  it('know every status of the column, both ways', () => {
    const names = allowed('status').map(statusMapping.fromColumn);
    expect(names).toEqual(appointmentStatuses);
    expect(names.map(statusMapping.toColumn)).toEqual(allowed('status'));
  });

  it('throw on what the column cannot hold', () => {
    expect(() => statusMapping.fromColumn('SCHEDULED')).toThrow('no name stands for');
  });
});

describe('an appointment', () => {
  it('ends when its minutes are over, also where clocks change', () => {
    expect(endOf(new Date('2026-03-29T00:45:00Z'), 30).toISOString()).toBe('2026-03-29T01:15:00.000Z');
  });

  it('gives a duration out of range a code of its own, and no other problem', () => {
    const problem = (field: string) => ({
      code: 'INVALID_INPUT' as const,
      message: 'is wrong',
      field: [field],
    });
    expect(invalid([problem('duration'), problem('reason')]).userErrors).toMatchObject([
      { code: 'INVALID_DURATION', field: ['duration'] },
      { code: 'INVALID_INPUT', field: ['reason'] },
    ]);
  });
});
