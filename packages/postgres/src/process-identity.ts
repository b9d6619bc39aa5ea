import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Tells a process apart from a later one with the same number: when it started, in a form that only serves
 * to be compared. Undefined when there is no such process (or only its zombie).
 */
export function identifyProcess(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return identifyOnLinux(pid);
    process.kill(pid, 0);
    if (process.platform === 'win32') return 'alive';
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

function identifyOnLinux(pid: number): string | undefined {
  // The second field is the command in parentheses and may hold anything; the rest is separated by spaces.
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  if (state === 'Z' || state === 'X') return undefined;
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${bootId} ${fields[19] ?? ''}`;
}
