import { describe, expect, it } from 'vitest';
import { largeData } from './large-data.js';
import type { DataSet } from './table-rows.js';

const options = {
  ...{ patients: 300, doctors: 4, appointments: 500, days: 30, seed: 'x' },
  today: Date.UTC(2026, 2, 4),
};

function contentOf({ users, patients, appointments }: DataSet): unknown[] {
  return [...users, ...patients, ...appointments].map(({ table, rows }) => [table, [...rows]]);
}

describe('largeData', () => {
  it('gives the same rows for the same seed, and others for another', () => {
    const ids = { users: 10, patients: 20, appointments: 30 };
    const content = contentOf(largeData(options, ids, 'hash'));
    expect(contentOf(largeData(options, ids, 'hash'))).toEqual(content);
    expect(contentOf(largeData({ ...options, seed: 'y' }, ids, 'hash'))).not.toEqual(content);
  });

  it('continues with the ids that it is given, and gives everyone a mailbox of their own', () => {
    const { users, patients, appointments } = largeData(
      options,
      { users: 10, patients: 20, appointments: 30 },
      'hash',
    );
    const userRows = [...(users[0]?.rows ?? [])];
    const patientRows = [...(patients[0]?.rows ?? [])];
    expect(userRows.map(([id]) => id)).toEqual([10, 11, 12, 13, 14]);
    expect(patientRows[0]?.[0]).toBe(20);
    expect([...(appointments.at(-1)?.rows ?? [])].map(([id]) => id).slice(0, 2)).toEqual([30, 31]);
    expect(new Set(userRows.map((row) => row[1])).size).toBe(5);
    expect(patientRows.every((row) => /^[a-z-]+\.[a-z-]+\.\d+@mail\.example$/.test(String(row[6])))).toBe(
      true,
    );
  });
});
