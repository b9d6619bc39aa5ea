import { parseArgs } from 'node:util';
import { dayLength } from './table-rows.js';

/** How much to make, and out of what. */
export interface DataSetOptions {
  readonly patients: number;
  readonly doctors: number;
  readonly appointments: number;
  /** How many days the appointments spread over; three quarters of them are in the past. */
  readonly days: number;
  readonly seed: string;
  /** Midnight in UTC, in milliseconds since 1970. */
  readonly today: number;
}

/** A command line that cannot be followed; the message says why, and how to write it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const usage = `Usage:
  npm run seed -- [--patients <number>] [--doctors <number>] [--appointments <number>]
                  [--days <number>] [--seed <text>] [--today <YYYY-MM-DD>]
Adds patients (1000), appointments (five for each patient) over some days (365) around today, and doctors (as
many as have time for them). The same numbers, seed and day give the same rows.`;

/** Most rows of a kind; ids are integers of 32 bits. */
const most = 100_000_000;

/** Appointments that a doctor can well have a day, weekends included. */
const leisurely = 8;

/** Reads the arguments after the program's name; `now` is in milliseconds since 1970. Throws a UsageError. */
export function parseCommandLine(args: readonly string[], now: number): DataSetOptions {
  const values = parseOptions(args);
  const number = (name: keyof typeof values, fallback: number, least: number, limit = most): number => {
    const value = values[name] ?? String(fallback);
    if (/^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= limit) return Number(value);
    throw refusal(`--${name} is a whole number from ${least} to ${limit}.`);
  };
  const patients = number('patients', 1_000, 0);
  const appointments = number('appointments', patients * 5, 0);
  if (appointments > 0 && patients === 0) throw refusal('--appointments need --patients.');
  const days = number('days', 365, 1, 3_650);
  return {
    patients,
    doctors: number('doctors', Math.ceil(appointments / (days * leisurely)), appointments > 0 ? 1 : 0),
    appointments,
    days,
    seed: values.seed ?? 'caregraph',
    today: parseDay(values.today, now),
  };
}

function parseOptions(
  args: readonly string[],
): Partial<Record<'patients' | 'doctors' | 'appointments' | 'days' | 'seed' | 'today', string>> {
  const text = { type: 'string' } as const;
  const options = { patients: text, doctors: text, appointments: text, days: text, seed: text, today: text };
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw refusal(error instanceof Error ? error.message : String(error));
  }
}

function parseDay(value: string | undefined, now: number): number {
  if (value === undefined) return Math.floor(now / dayLength) * dayLength;
  const day = /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(value) : NaN;
  if (Number.isNaN(day)) throw refusal('--today is a date such as 2026-03-02.');
  return day;
}

function refusal(reason: string): UsageError {
  return new UsageError(`${reason}\n${usage}`);
}
