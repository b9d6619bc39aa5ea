import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './command-line.js';

const now = Date.UTC(2026, 2, 4, 15, 30);

describe('parseCommandLine', () => {
  it('has a default for everything, and today for today', () => {
    expect(parseCommandLine([], now)).toEqual({
      ...{ patients: 1_000, doctors: 2, appointments: 5_000, days: 365, seed: 'caregraph' },
      today: Date.UTC(2026, 2, 4),
    });
  });

  it('takes what it is told', () => {
    const line = '--patients 5 --doctors=2 --appointments 0 --days 7 --seed s --today 2025-01-02';
    expect(parseCommandLine(line.split(' '), now)).toEqual({
      ...{ patients: 5, doctors: 2, appointments: 0, days: 7, seed: 's', today: Date.UTC(2025, 0, 2) },
    });
  });

  it('makes what it is not told fit to the rest', () => {
    expect(parseCommandLine(['--patients', '10'], now)).toMatchObject({ doctors: 1, appointments: 50 });
    expect(parseCommandLine(['--patients', '0'], now)).toMatchObject({ doctors: 0, appointments: 0 });
  });

  it.each([
    ['--patients -1', /patients/],
    ['--patients=-1', '--patients is a whole number from 0'],
    ['--patients 0 --appointments 1', '--appointments need --patients'],
    ['--doctors 0', '--doctors is a whole number from 1'],
    ['--appointments many', '--appointments is a whole number from 0'],
    ['--appointments 1e3', '--appointments is a whole number from 0'],
    ['--days 0', '--days is a whole number from 1'],
    ['--today 2026-13-01', '--today is a date'],
    ['--today yesterday', '--today is a date'],
    ['--nurses 4', /nurses/],
    ['100', /100/],
  ])('refuses %s', (line, message) => {
    expect(() => parseCommandLine(line.split(' '), now)).toThrow(message);
    expect(() => parseCommandLine(line.split(' '), now)).toThrow('Usage:');
  });
});
