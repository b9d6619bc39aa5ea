import {
  createWhole,
  isRunning,
  processRecord,
  readIfThere,
  recordProcess,
  removeStale,
  type ProcessRecord,
} from '@caregraph/postgres';
import { renameSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';

const lockFile = z.object({ runner: processRecord, children: z.record(z.string(), processRecord) });
type LockFile = z.output<typeof lockFile>;

/** The platform of this data directory is running already. */
export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';
  constructor(readonly pid: number) {
    super(`Caregraph is already running here (process ${pid}); stop it with Ctrl-C or "kill ${pid}" first.`);
  }
}

/** Our hold on a data directory, for as long as the platform runs. */
export interface RunnerLock {
  /** Writes down a child, so that the next runner can end it if we are killed. */
  record: (name: string, pid: number) => void;
  release: () => Promise<void>;
}

/** How long the children of a runner that was killed may take to end by themselves, in milliseconds. */
const leftoverPatience = 12_000;

/**
 * Takes the lock of `dataDirectory`. After a runner that was killed, first ends what is left of its children.
 *
 * @throws AlreadyRunningError
 */
export async function takeRunnerLock(dataDirectory: string): Promise<RunnerLock> {
  await mkdir(dataDirectory, { recursive: true });
  const file = path.join(dataDirectory, 'runner.json');
  const state: LockFile = { runner: recordProcess(process.pid), children: {} };
  while (!(await createWhole(file, JSON.stringify(state)))) {
    const text = readIfThere(file);
    if (text === undefined) continue;
    const previous = parseLock(text);
    if (previous && isRunning(previous.runner)) throw new AlreadyRunningError(previous.runner.pid);
    await Promise.all(Object.values(previous?.children ?? {}).map(endLeftover));
    await removeStale(file, text);
  }
  return {
    record: (name, pid) => {
      state.children[name] = recordProcess(pid);
      // Replaced as a whole: whoever read half of it would take it for one that holds nobody off.
      writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    release: () => rm(file, { force: true }),
  };
}

/** @throws AlreadyRunningError when the platform of `dataDirectory` is running */
export function refuseWhileRunning(dataDirectory: string): void {
  const text = readIfThere(path.join(dataDirectory, 'runner.json'));
  const lock = text === undefined ? undefined : parseLock(text);
  if (lock && isRunning(lock.runner)) throw new AlreadyRunningError(lock.runner.pid);
}

/** A file that was cut off in writing tells nothing, and so holds nobody off. */
function parseLock(text: string): LockFile | undefined {
  try {
    return lockFile.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function endLeftover(child: ProcessRecord): Promise<void> {
  const deadline = performance.now() + leftoverPatience;
  if (isRunning(child)) process.kill(child.pid, 'SIGTERM');
  while (isRunning(child)) {
    if (performance.now() > deadline) process.kill(child.pid, 'SIGKILL');
    await delay(50);
  }
}
