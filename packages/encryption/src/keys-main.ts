import { databaseConnectionFailure } from '@caregraph/service-kit/connection-failure';
import { StartupError } from '@caregraph/service-kit/startup-error';
import { parseCommandLine, UsageError } from './command-line.js';
import { runCommand } from './run-command.js';

try {
  process.exitCode = await runCommand(parseCommandLine(process.argv.slice(2)), process.env, console.log);
} catch (error) {
  const isExpected = error instanceof UsageError || error instanceof StartupError;
  const problem = isExpected ? error.message : databaseConnectionFailure(error);
  if (problem === undefined) throw error;
  console.error(problem);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
