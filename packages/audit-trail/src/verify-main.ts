import { parseVerifyCommandLine, UsageError } from './verify-command-line.js';
import { exitCodes, runVerifyCommand } from './verify-command.js';

try {
  const command = parseVerifyCommandLine(process.argv.slice(2));
  process.exitCode = await runVerifyCommand(command, process.env, console.log, console.error);
} catch (error) {
  // Whatever it was: a verification that was not carried out is not one that found something.
  process.exitCode = exitCodes.unchecked;
  console.error(error instanceof UsageError ? error.message : error);
}
