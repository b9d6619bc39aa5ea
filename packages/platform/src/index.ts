import path from 'node:path';
import { rotateAccessTokenKeys } from './access-token-keys.js';
import { readAllSettings } from './all-settings.js';
import { rotateAuditKeys } from './audit-key-rotation.js';
import { followSources, type Build } from './develop.js';
import { runDatabaseProgram } from './database-program.js';
import { exitAfter } from './expected-error.js';
import { runPlatform } from './platform.js';
import { resetData } from './reset-data.js';
import { refuseWhileRunning } from './runner-lock.js';
import { readSettings } from './settings.js';
import type { ShowStep } from './show-step.js';
import { listenToStopSignals } from './stop-signals.js';

/** What the npm scripts call a command with. */
export interface CommandOptions {
  /** The root of the repository. */
  root: string;
  args: readonly string[];
  showStep: ShowStep;
  build: Build;
}

/** `npm start`: runs the platform until it is told to stop, then ends this process. */
export function start({ root, showStep }: CommandOptions): Promise<never> {
  return exitAfter(async () => {
    const settings = await readAllSettings(process.env, root);
    const signals = listenToStopSignals();
    await runPlatform({ root, settings, environment: process.env, showStep, signals });
    return 0;
  });
}

/** `npm run dev`: as `start`, and follows every change of the sources until it is told to stop. */
export function develop({ root, showStep, build }: CommandOptions): Promise<never> {
  return exitAfter(async () => {
    const settings = await readAllSettings(process.env, root);
    const signals = listenToStopSignals();
    await runPlatform({
      root,
      settings,
      environment: process.env,
      showStep,
      signals,
      watch: (processes, report) => followSources(root, build, processes, report),
    });
    return 0;
  });
}

/** `npm run reset`: deletes the embedded data, the benchmark's, the secrets and the logs, and ends this process. */
export function reset({ root, showStep }: CommandOptions): Promise<never> {
  return exitAfter(async () => {
    const { dataDirectory } = readSettings(process.env, root);
    refuseWhileRunning(dataDirectory);
    await showStep('Reset', () => resetData(dataDirectory));
    process.stdout.write('The embedded data is gone; "npm start" begins afresh.\n');
    return 0;
  });
}

/** `npm run tokens:rotate-key`: adds a key that signs access tokens from now on, and ends this process. */
export function rotateTokenKey({ root }: CommandOptions): Promise<never> {
  return exitAfter(async () => {
    const told = await rotateAccessTokenKeys(readSettings(process.env, root));
    process.stdout.write(`${told}\n`);
    return 0;
  });
}

/** `npm run audit:rotate-key`: adds a key that vouches for the audit trail from now on, and ends this process. */
export function rotateAuditKey({ root }: CommandOptions): Promise<never> {
  return exitAfter(async () => {
    const told = await rotateAuditKeys(readSettings(process.env, root));
    process.stdout.write(`${told}\n`);
    return 0;
  });
}

/** Runs `args` (a JavaScript file below the root, and its arguments) on the databases, and ends this process. */
export function runWithDatabases({ root, args, showStep }: CommandOptions): Promise<never> {
  return exitAfter(() => {
    const [program = '', ...rest] = args;
    const settings = readSettings(process.env, root, ['database']);
    return runDatabaseProgram([path.join(root, program), ...rest], settings, process.env, showStep);
  });
}
