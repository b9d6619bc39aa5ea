import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { link, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { identifyProcess } from './process-identity.js';

/** A process, such that a later one with the same number is not taken for it. */
export const processRecord = z.object({ pid: z.number().int().positive(), identity: z.string() });
export type ProcessRecord = z.output<typeof processRecord>;

/** The record of a process that is running. */
export function recordProcess(pid: number): ProcessRecord {
  return { pid, identity: identifyProcess(pid) ?? 'unknown' };
}

/** Whether it is still that process that has the number. */
export function isRunning({ pid, identity }: ProcessRecord): boolean {
  return identifyProcess(pid) === identity;
}

/** Creates `file` with its whole text at once, only readable by its owner; false when it exists already. */
export async function createWhole(file: string, text: string): Promise<boolean> {
  const partial = `${file}.${randomUUID()}`;
  writeFileSync(partial, text, { mode: 0o600 });
  try {
    await link(partial, file);
    return true;
  } catch (error) {
    // Not whether it is there now: a lock may have been released since.
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(partial, { force: true });
  }
}

/** Does `work` while no other process does any under the same lock; a holder that died holds nobody up. */
export async function withProcessLock<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  while (!(await createWhole(file, JSON.stringify(recordProcess(process.pid))))) {
    const text = readIfThere(file);
    if (text === undefined) continue;
    if (isHolding(text)) await delay(50);
    else await removeStale(file, text);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/**
 * Removes the lock file of a holder that died, unless `file` no longer says what that holder wrote: then
 * somebody else was faster and may hold the lock already.
 */
export async function removeStale(file: string, text: string): Promise<void> {
  // Only one at a time looks and removes, or the slower of two would remove the lock that the faster took.
  await withProcessLock(`${file}.takeover`, async () => {
    if (readIfThere(file) === text) await rm(file, { force: true });
  });
}

/** The text of a file; undefined when there is none. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isHolding(text: string): boolean {
  try {
    return isRunning(processRecord.parse(JSON.parse(text)));
  } catch {
    return false;
  }
}
