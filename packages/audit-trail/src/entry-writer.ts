import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import type { WrittenEntry } from './written-entry.js';

/** Writes entries, durably. */
export interface EntryWriter {
  /** Resolves once all of the entries are committed; rejects where any of them is not. */
  append(entries: readonly WrittenEntry[]): Promise<void>;
  /** Resolves once nothing waits to be written. */
  settled(): Promise<void>;
}

/** Commits entries, all or none. */
export type CommitEntries = (entries: readonly WrittenEntry[]) => Promise<void>;

/** Most entries that one statement writes, unless one request has more. */
const largestBatch = 500;
/** Most entries that wait. Where the database cannot keep up, requests are refused before memory fills. */
const longestQueue = 10_000;

interface Waiting {
  readonly entries: readonly WrittenEntry[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes what all requests of the process have noted, one statement at a time: what comes while one is under way goes
 * with the next, as does what is answered in the same turn of the event loop, so that many requests share one commit,
 * and one wait for the disk.
 */
export function createEntryWriter(commit: CommitEntries): EntryWriter {
  const waiting: Waiting[] = [];
  let waitingEntries = 0;
  let writing: Promise<void> | null = null;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      await turnOfEventLoop();
      await writeBatch(takeBatch());
    }
    writing = null;
  }

  function takeBatch(): Waiting[] {
    let size = 0;
    const end = waiting.findIndex(
      ({ entries }, index) => (size += entries.length) > largestBatch && index > 0,
    );
    const batch = waiting.splice(0, end === -1 ? waiting.length : end);
    for (const { entries } of batch) waitingEntries -= entries.length;
    return batch;
  }

  async function writeBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      await commit(batch.flatMap(({ entries }) => entries));
    } catch (error) {
      if (batch.length > 1 && isAboutTheEntries(error)) {
        // What one request has noted and PostgreSQL cannot keep is no reason to refuse the others.
        const middle = Math.ceil(batch.length / 2);
        await writeBatch(batch.slice(0, middle));
        await writeBatch(batch.slice(middle));
        return;
      }
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const { resolve } of batch) resolve();
  }

  return {
    append: (entries) =>
      new Promise((resolve, reject) => {
        if (waiting.length > 0 && waitingEntries + entries.length > longestQueue) {
          reject(new Error('Too many audit entries wait to be written.'));
          return;
        }
        waiting.push({ entries, resolve, reject });
        waitingEntries += entries.length;
        writing ??= writeAll();
      }),
    settled: () => writing ?? Promise.resolve(),
  };
}

/** SQLSTATE class 22, a value that does not fit its type, or 23, one that breaks a constraint. */
function isAboutTheEntries(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && /^2[23]/.test(error.code)
  );
}
