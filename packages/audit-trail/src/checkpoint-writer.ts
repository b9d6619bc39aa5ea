import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { StartupError, type ServiceName } from '@caregraph/service-kit';
import type { AuditKey } from './audit-keys.js';
import { lineHash, writeCheckpointLine, writeIds } from './checkpoint.js';
import { checkpointFileName } from './checkpoint-files.js';
import { markLength } from './chain.js';

/** A seal, as a checkpoint has it. */
export interface SealedEntry {
  readonly sequence: number;
  readonly entryId: bigint;
  readonly digest: Buffer;
  readonly chain: Buffer;
}

/** Writes the checkpoints of one process into files of its own. */
export interface CheckpointWriter {
  /** Adds one checkpoint for seals that follow each other; it is on the disk when this resolves. */
  append(seals: readonly SealedEntry[]): Promise<void>;
  close(): Promise<void>;
}

export interface CheckpointWriterOptions {
  readonly directory: string;
  readonly service: ServiceName;
  readonly key: AuditKey;
  readonly now?: () => Date;
  /** A file that has grown beyond this, in bytes, gets no more lines. */
  readonly largestFile?: number;
}

/**
 * Makes the directory where there is none, and puts the public key into it, for whoever verifies. Throws a
 * `StartupError` where that is impossible.
 */
export function prepareCheckpointsDirectory(directory: string, key: AuditKey): void {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK | constants.R_OK);
    publishKey(directory, key);
  } catch (cause) {
    throw new StartupError(`AUDIT_CHECKPOINTS_DIRECTORY: ${directory} cannot be written.`, { cause });
  }
}

function publishKey(directory: string, key: AuditKey): void {
  const file = path.join(directory, `${key.id}.pem`);
  if (!existsSync(file)) writeFileSync(file, key.publicKey);
}

/**
 * Opens the writer. Every line has the hash of the one before, so that none can be taken out of the middle unnoticed,
 * also across files: a new one begins each day (UTC) or when one is large, so that whole files can be moved to a store
 * that nobody can write twice. After a failure the next line goes to a new file: a torn one is the last of its file.
 */
export function createCheckpointWriter({
  directory,
  service,
  key,
  now = () => new Date(),
  largestFile = 16 << 20,
}: CheckpointWriterOptions): CheckpointWriter {
  const name = `${now().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z-${randomBytes(4).toString('hex')}`;
  let current: { readonly handle: FileHandle; readonly day: string; size: number } | undefined;
  let number = 0;
  let previous: string | null = null;
  let published: string | undefined;

  async function fileFor(day: string): Promise<NonNullable<typeof current>> {
    if (current?.day === day && current.size < largestFile) return current;
    await close();
    number += 1;
    const file = path.join(directory, checkpointFileName(service, name, number));
    current = { handle: await open(file, 'ax', 0o640), day, size: 0 };
    await syncDirectory(directory);
    return current;
  }

  async function close(): Promise<void> {
    const closing = current;
    current = undefined;
    await closing?.handle.close();
  }

  return {
    async append(seals) {
      const [first, last] = [seals[0], seals.at(-1)];
      if (first === undefined || last === undefined) return;
      const time = now().toISOString();
      if (published !== key.id) publishKey(directory, key);
      published = key.id;
      const line = writeCheckpointLine(
        {
          version: 1,
          service,
          time,
          from: first.sequence,
          to: last.sequence,
          ids: writeIds(seals.map(({ entryId }) => entryId)),
          marks: Buffer.concat(seals.map(({ digest }) => digest.subarray(0, markLength))).toString(
            'base64url',
          ),
          chain: last.chain.toString('base64url'),
          previous,
          key: key.id,
        },
        (text) => key.sign(text),
      );
      try {
        const file = await fileFor(time.slice(0, 10));
        await file.handle.appendFile(`${line}\n`);
        await file.handle.datasync();
        file.size += line.length + 1;
        previous = lineHash(line);
      } catch (error) {
        await close().catch(() => undefined);
        throw error;
      }
    },
    close,
  };
}

/** A new file is only there after a crash once its directory is on the disk. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
