import { existsSync } from 'node:fs';
import { open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterLocation } from './cluster-location.js';
import { ClusterError, PortTakenError } from './errors.js';
import { clusterFiles } from './initialise-data.js';
import { runProgram } from './run-program.js';
import { giveTo } from './server-account.js';
import type { ServerBinaries } from './server-binaries.js';

/** Values of `postgresql.conf` by their names; strings are quoted here. */
export type ServerSettings = Record<string, string | number | boolean>;

/** A server process that is alive, as its pid file describes it. */
export interface RunningPostmaster {
  pid: number;
  port: number;
}

/** The server process of this data directory, if it is alive. A pid file that a crash left is removed. */
export async function findPostmaster(data: string): Promise<RunningPostmaster | undefined> {
  const file = path.join(data, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = (await readFile(file, 'utf8')).split('\n');
  const postmaster = { pid: Number(lines[0]), port: Number(lines[3]) };
  if (await isPostmaster(postmaster.pid)) return postmaster;
  // Left alone, it would keep the server from starting once the number belongs to some other process.
  await rm(file, { force: true });
  return undefined;
}

async function isPostmaster(pid: number): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (process.platform === 'linux') {
    // Empty for a zombie, absent for nobody, and another program's after a restart of the machine.
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return path.basename(commandLine.split('\0')[0] ?? '') === 'postgres';
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Starts the server and waits until it accepts connections on 127.0.0.1.
 *
 * @throws PortTakenError when the port belongs to somebody else
 * @throws ClusterError with the end of the server's log when it does not start
 */
export async function startPostmaster(
  { home, account }: ClusterLocation,
  binaries: ServerBinaries,
  port: number,
  settings: ServerSettings,
): Promise<void> {
  const files = clusterFiles(home);
  refuseShellCharacters(files.data);
  refuseShellCharacters(binaries.directory);
  const fixed = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '' };
  await writeFile(files.settings, printSettings({ ...settings, ...fixed }), { mode: 0o600 });
  await giveTo(account, files.settings);
  const logStart = existsSync(files.log) ? (await stat(files.log)).size : 0;
  const { code, output } = await runProgram(
    path.join(binaries.directory, 'pg_ctl'),
    ['start', '-D', files.data, '-l', files.log, '-w', '-t', '120', '-s'],
    { cwd: files.data, account },
  );
  if (code === 0) return;
  const log = await readFrom(files.log, logStart);
  if (log.includes('could not bind IPv4 address')) throw new PortTakenError(port);
  throw new ClusterError(`PostgreSQL did not start (its log is ${files.log}):\n${(log || output).trim()}`);
}

/** Stops the server: open transactions are rolled back; if that takes too long, as a crash would. */
export async function stopPostmaster(
  { home, account }: ClusterLocation,
  binaries: ServerBinaries,
): Promise<void> {
  const { data } = clusterFiles(home);
  const postmaster = await findPostmaster(data);
  if (!postmaster) return;
  let output = '';
  for (const [mode, seconds] of [
    ['fast', 8],
    ['immediate', 5],
  ] as const) {
    const args = ['stop', '-D', data, '-m', mode, '-w', '-t', String(seconds), '-s'];
    const result = await runProgram(path.join(binaries.directory, 'pg_ctl'), args, { cwd: data, account });
    output = result.output;
    // The pid file, which is what `pg_ctl` waits for, goes a little before the process does.
    if (result.code === 0 || !(await findPostmaster(data))) return waitForEnd(postmaster.pid);
  }
  throw new ClusterError(`PostgreSQL did not stop: ${output.trim()}`);
}

async function waitForEnd(pid: number): Promise<void> {
  while (await isPostmaster(pid)) await delay(20);
}

/** The text of a configuration file with these settings. */
export function printSettings(settings: ServerSettings): string {
  const print = (value: string | number | boolean): string =>
    typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${print(value)}\n`)
    .join('');
}

/** `pg_ctl` runs the server through a shell, with nothing but double quotes around each path. */
function refuseShellCharacters(file: string): void {
  if (process.platform === 'win32' || !/["$`\\]/.test(file)) return;
  throw new ClusterError(
    `The path ${file} may not contain a double quote, a dollar sign, a backtick or a backslash.`,
  );
}

async function readFrom(file: string, start: number): Promise<string> {
  if (!existsSync(file)) return '';
  await using handle = await open(file);
  const { size } = await handle.stat();
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.max(0, size - start)), 0, null, start);
  return buffer.toString('utf8', 0, bytesRead);
}
