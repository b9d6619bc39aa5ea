import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { ServiceName } from '@caregraph/service-kit';

/** A file of checkpoints: the lines of one process, or, where it has written for long, a part of them. */
export interface CheckpointFile {
  readonly path: string;
  /** When the process began, and a random part: two processes are never called the same. */
  readonly process: string;
  /** From 1 on; each file of a process goes on where the one before ended. */
  readonly number: number;
}

const fileName = /^(users|patients|appointments)\.(\d{8}T\d{6}Z-[0-9a-f]{8})\.(\d{6})\.jsonl$/;

/** What a file of checkpoints is called. */
export function checkpointFileName(service: ServiceName, process: string, number: number): string {
  return `${service}.${process}.${String(number).padStart(6, '0')}.jsonl`;
}

/** The service's files of checkpoints in a directory, by process and number. */
export async function listCheckpointFiles(
  directory: string,
  service: ServiceName,
): Promise<CheckpointFile[]> {
  const names = (await readdir(directory)).filter((name) => name.startsWith(`${service}.`)).sort();
  return names.flatMap((name) => {
    const [, , process, number] = fileName.exec(name) ?? [];
    if (process === undefined || number === undefined) return [];
    return [{ path: path.join(directory, name), process, number: Number(number) }];
  });
}

/** A line of a file, where it is in it, and whether it ends as a line does. */
export interface FileLine {
  readonly text: string;
  /** In bytes. */
  readonly start: number;
  readonly length: number;
  /** False of a last line that was not written to its end. */
  readonly isComplete: boolean;
}

/** How much of a file is read at once, in bytes. */
const chunkSize = 1 << 20;

/** The lines of a file, from a place on; what is added to it later than the call is left out. */
export async function* readLines(file: string, from = 0): AsyncGenerator<FileLine> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    let rest = Buffer.alloc(0);
    let start = from;
    for (let position = from; position < size; position += chunkSize) {
      const chunk = await readPart(handle, position, Math.min(chunkSize, size - position));
      rest = Buffer.concat([rest, chunk]);
      let end: number;
      while ((end = rest.indexOf(0x0a)) !== -1) {
        yield { text: rest.toString('utf8', 0, end), start, length: end, isComplete: true };
        rest = rest.subarray(end + 1);
        start += end + 1;
      }
    }
    if (rest.length > 0) {
      yield { text: rest.toString('utf8'), start, length: rest.length, isComplete: false };
    }
  } finally {
    await handle.close();
  }
}

/** The last complete line of a file; undefined where it has none. */
export async function readLastLine(file: string): Promise<string | undefined> {
  const { size } = await stat(file);
  let last: string | undefined;
  // Longer than any line; what it begins with is the end of a line, and no checkpoint.
  for await (const line of readLines(file, Math.max(0, size - chunkSize))) {
    if (line.isComplete) last = line.text;
  }
  return last;
}

async function readPart(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
