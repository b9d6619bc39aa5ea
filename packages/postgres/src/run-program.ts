import { spawn } from 'node:child_process';
import type { ServerAccount } from './server-account.js';

/** How a program ended and everything that it printed. */
export interface ProgramResult {
  /** The exit code, or null when a signal ended it. */
  code: number | null;
  output: string;
}

/**
 * Runs one of the server's programs to its end, as `account` when one is given, in a process group of its
 * own: Ctrl-C in the terminal reaches our process only, which then stops the server in its turn.
 *
 * The environment is fixed, so that neither `PGDATA` nor the locale of the caller changes what happens.
 *
 * @throws when the program cannot be started at all
 */
export function runProgram(
  file: string,
  args: readonly string[],
  { cwd, account }: { cwd: string; account: ServerAccount | undefined },
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      ...(process.platform === 'win32' ? {} : { env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' } }),
      ...(account ? { uid: account.uid, gid: account.gid } : {}),
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, output });
    });
  });
}
