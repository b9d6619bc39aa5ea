import { databaseConnectionFailure } from '@caregraph/service-kit/connection-failure';
import type { Command } from './command-line.js';
import { checkDrift } from './drift.js';
import { migrate, type MigrationStep } from './migrate.js';
import { MigrationError } from './migration-error.js';
import { rollback } from './rollback.js';
import type { Service } from './services.js';
import { readSettings, SettingsError } from './settings.js';
import { readStatus } from './status.js';

/**
 * Carries out one command and prints what it does, line by line. Returns the exit code: 1 when a database is
 * behind, has drifted or was refused, with the reason printed to `printError`.
 */
export async function runCommand(
  command: Command,
  environment: NodeJS.ProcessEnv,
  print: (line: string) => void,
  printError: (line: string) => void,
): Promise<number> {
  try {
    const settings = readSettings(environment, command.services, { runtime: command.name === 'db:migrate' });
    let exitCode = 0;
    for (const service of command.services) {
      const database = settings.get(service);
      if (database === undefined) throw new SettingsError(`The ${service} database has no settings.`);
      const sound = await runFor(command, service, database.migrationUrl, database.runtimeRole, print);
      if (!sound) exitCode = 1;
    }
    return exitCode;
  } catch (error) {
    const problem = explain(error);
    if (problem === undefined) throw error;
    printError(problem);
    return 1;
  }
}

/** Whether all is as it should be afterwards. */
async function runFor(
  command: Command,
  service: Service,
  migrationUrl: string,
  runtimeRole: string | null,
  print: (line: string) => void,
): Promise<boolean> {
  const onStep = (step: MigrationStep): void => {
    if (step.kind === 'waiting') print(`${service}: ${step.message}`);
    if (step.kind === 'finished') print(`${service}: [${step.number}/${step.of}] ${step.version}`);
  };
  switch (command.name) {
    case 'db:migrate': {
      if (runtimeRole === null) throw new SettingsError(`The ${service} service has no runtime role.`);
      const applied = await migrate({ service, migrationUrl, runtimeRole, onStep });
      print(
        `${service}: ${applied.length === 0 ? 'already up to date' : `${applied.length} migrations applied`}`,
      );
      return true;
    }
    case 'db:rollback': {
      const { steps, discardAuditTrail } = command;
      const reverted = await rollback({ service, migrationUrl, steps, discardAuditTrail, onStep });
      print(`${service}: ${reverted.length} migrations reverted`);
      return true;
    }
    case 'db:status': {
      const statuses = await readStatus({ service, migrationUrl });
      for (const { version, state, appliedAt } of statuses) {
        print(`${service}: ${state.padEnd(8)} ${version}${appliedAt ? `  ${appliedAt.toISOString()}` : ''}`);
      }
      return statuses.every(({ state }) => state === 'applied');
    }
    case 'db:drift': {
      const { drifted, differences } = await checkDrift({ service, migrationUrl });
      print(drifted ? `${service}: differs from its Prisma schema:\n${differences}` : `${service}: no drift`);
      return !drifted;
    }
  }
}

/** What a person can mend; undefined for a fault of ours. */
function explain(error: unknown): string | undefined {
  return error instanceof MigrationError || error instanceof SettingsError
    ? error.message
    : databaseConnectionFailure(error);
}
