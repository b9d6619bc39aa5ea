import { MigrationError } from '@caregraph/migrations';
import { ClusterError, PortTakenError } from '@caregraph/postgres';
import { databaseConnectionFailure } from '@caregraph/service-kit/connection-failure';
import { StartupError } from '@caregraph/service-kit/startup-error';
import { AlreadyRunningError } from './runner-lock.js';
import { ProcessStartError } from './supervised-process.js';

const expected = [
  AlreadyRunningError,
  ClusterError,
  MigrationError,
  PortTakenError,
  ProcessStartError,
  StartupError,
];

/**
 * Runs a command to the end of the process: what a person can mend is told in its own sentence, anything
 * else with its stack, both with exit code 1.
 *
 * @param command returns the exit code
 */
export async function exitAfter(command: () => Promise<number>): Promise<never> {
  try {
    process.exit(await command());
  } catch (error) {
    process.stderr.write(`${explain(error) ?? inspectError(error)}\n`);
    process.exit(1);
  }
}

function explain(error: unknown): string | undefined {
  const known = error instanceof Error && expected.some((type) => error instanceof type);
  return known ? error.message : databaseConnectionFailure(error);
}

function inspectError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
