import { parseArgs } from 'node:util';

/**
 * How to measure, and on how much data.
 *
 * @typedef {object} Options
 * @property {number} patients
 * @property {number} appointments
 * @property {number} doctors as many as see about nineteen patients on a working day
 * @property {number} seconds how long each measurement lasts, after a warm-up of a fifth of it
 * @property {'platform' | 'hostile' | 'audit' | 'booking' | 'engines'} subject the platform all day, what hostile requests
 *   cost, what the audit trail costs, how fast it books, or how fast the gateway's engines are
 * @property {number} rounds how often each side of a comparison is measured
 * @property {string | undefined} json the file to write the results to, too
 */

/** A command line that cannot be followed. */
export class UsageError extends Error {}

const usage = `Usage: npm run bench -- hostile
       npm run bench -- engines [--rounds <number>] [--seconds <number>]
       npm run bench -- audit|booking [--rounds <number>] [--patients <number>] [--appointments <number>]
         [--seconds <number>] [--json <file>]
       npm run bench -- [--patients <number>] [--appointments <number>] [--seconds <number>] [--json <file>]
By default 100000 patients, 500000 appointments and 10 seconds for each measurement; for the audit trail, booking
and the engines 12 rounds of 4 seconds for each side.`;

/**
 * @param {readonly string[]} args what follows the program's name
 * @returns {Options}
 */
export function parseOptions(args) {
  const text = /** @type {const} */ ({ type: 'string' });
  let values;
  let positionals;
  try {
    ({ values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { patients: text, appointments: text, seconds: text, rounds: text, json: text },
    }));
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
  const [subject = 'platform', ...more] = positionals;
  if (more.length > 0 || !isSubject(subject)) throw new UsageError(usage);
  /** @param {'patients' | 'appointments' | 'seconds' | 'rounds'} name @param {number} fallback @param {number} least */
  const number = (name, fallback, least) => {
    const value = Number(values[name] ?? fallback);
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new UsageError(`--${name} is a whole number from ${least} on.\n${usage}`);
  };
  const appointments = number('appointments', 500_000, 5_000);
  return {
    patients: number('patients', 100_000, 1_000),
    appointments,
    doctors: Math.ceil(appointments / 5_000),
    seconds: number('seconds', subject === 'platform' ? 10 : 4, 1),
    rounds: number('rounds', 12, 3),
    subject,
    json: values.json,
  };
}

/**
 * @param {string} text
 * @returns {text is Options['subject']}
 */
function isSubject(text) {
  return ['platform', 'hostile', 'audit', 'booking', 'engines'].includes(text);
}
