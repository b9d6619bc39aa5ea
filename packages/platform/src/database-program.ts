import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { auditEnvironment } from './audit-files.js';
import { databaseEnvironment, openDatabases, type Databases } from './databases.js';
import { ensureMasterKey, masterKeyEnvironment } from './master-key.js';
import type { Settings } from './settings.js';
import type { ShowStep } from './show-step.js';

/**
 * Runs a program that needs the databases, with their URLs in its environment, in the foreground. An embedded
 * server that nobody else uses is stopped afterwards.
 *
 * @returns the exit code for our own process: the program's, or 128 and the number of the signal that ended it
 */
export async function runDatabaseProgram(
  command: readonly string[],
  settings: Settings,
  environment: NodeJS.ProcessEnv,
  showStep: ShowStep,
): Promise<number> {
  const databases = await showStep('PostgreSQL', (progress) => openDatabases(settings, progress));
  try {
    const child = spawn(process.execPath, ['--enable-source-maps', ...command], {
      env: {
        ...environment,
        ...databaseEnvironment(databases.urls),
        ...(await keyEnvironment(settings, databases)),
      },
      stdio: 'inherit',
    });
    // Ctrl-C reaches the program from the terminal itself; we stay until it has ended.
    const ignore = (): void => undefined;
    const pass = (signal: NodeJS.Signals): void => {
      child.kill(signal);
    };
    process.on('SIGINT', ignore);
    process.on('SIGTERM', pass);
    process.on('SIGHUP', pass);
    await once(child, 'exit');
    return child.signalCode === null ? (child.exitCode ?? 1) : 128 + constants.signals[child.signalCode];
  } finally {
    await databases.close();
  }
}

/**
 * Where the keys are. Only embedded databases get a master key: others have theirs already, wherever that is. Those of
 * the trail are made by the start alone; a verification with a key of its own making would find everything forged.
 */
async function keyEnvironment(
  settings: Settings,
  { urls, cluster }: Databases,
): Promise<Record<string, string>> {
  if (cluster !== undefined) await ensureMasterKey(settings, urls);
  return { ...auditEnvironment(settings), ...masterKeyEnvironment(settings) };
}
