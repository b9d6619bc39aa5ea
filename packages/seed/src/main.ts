import { databaseConnectionFailure } from '@caregraph/service-kit/connection-failure';
import { StartupError } from '@caregraph/service-kit/startup-error';
import { DatabaseError } from 'pg';
import { DataSizeError } from './appointments-plan.js';
import { parseCommandLine, UsageError } from './command-line.js';
import { demoPassword } from './demo-accounts.js';
import { seedLarge } from './seed-large.js';
import { readSettings } from './settings.js';
import { createTableBars } from './table-bars.js';

const undefinedTable = '42P01';

const bars = createTableBars(process.stderr);
try {
  const options = parseCommandLine(process.argv.slice(2), Date.now());
  const start = performance.now();
  const { databases, encryption } = readSettings(process.env);
  const added = await seedLarge(databases, encryption, options, { onProgress: bars.report });
  bars.stop();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const day = new Date(options.today).toISOString().slice(0, 10);
  console.log(
    `Added in ${seconds} s, with the seed "${options.seed}" and ${day} as today:\n` +
      added.map(({ table, count }) => `  ${table.padEnd(17)}${count.toLocaleString('en')}\n`).join('') +
      `The password of the new accounts is ${demoPassword}.`,
  );
} catch (error) {
  bars.stop();
  const problem = explain(error);
  if (problem === undefined) throw error;
  console.error(problem);
  process.exitCode = 1;
}

/** What a person needs to read; undefined for a fault of ours. */
function explain(error: unknown): string | undefined {
  if (error instanceof UsageError || error instanceof StartupError || error instanceof DataSizeError) {
    return error.message;
  }
  if (error instanceof DatabaseError && error.code === undefinedTable) {
    return `The databases are not migrated (${error.message}): run npm run db:migrate first. Nothing was added.`;
  }
  const failure = databaseConnectionFailure(error);
  if (failure !== undefined) return `${failure} Nothing was added.`;
  if (error instanceof Error && 'code' in error) return `${error.message}. Nothing was added.`;
  return undefined;
}
