import { parseCommandLine, UsageError } from './command-line.js';
import { runCommand } from './run-command.js';

try {
  process.exitCode = await runCommand(
    parseCommandLine(process.argv.slice(2)),
    process.env,
    console.log,
    console.error,
  );
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
