import { open, type FileHandle } from 'node:fs/promises';
import { markOf } from './chain.js';
import { readCheckpointLine, readIds, type Checkpoint } from './checkpoint.js';
import type { CheckpointPlace } from './verify-checkpoint-places.js';

/** What a checkpoint knows of one sealed entry. */
export interface KnownSeal {
  readonly entryId: bigint;
  /** The beginning of its digest: see `markOf`. */
  readonly mark: string;
  /** The chain after it, where the checkpoint ends with it. */
  readonly chain: Buffer | null;
  /** When the checkpoint was written. */
  readonly time: string;
}

/** What the checkpoints know, without holding all of them in memory. */
export interface Evidence extends AsyncDisposable {
  /** The last sequence that a checkpoint covers; 0 without any. */
  readonly covered: number;
  /** When the latest of them was written. */
  readonly latest: string | null;
  /** What is known of the sequences of a page, oldest word first; pages come in ascending order. */
  page(from: number, to: number): Promise<ReadonlyMap<number, readonly KnownSeal[]>>;
  /** At which sequence an entry was sealed; null where no checkpoint knows it. */
  sequenceOf(entryId: bigint): Promise<number | null>;
}

/** How many files are kept open. */
const openFiles = 32;

/** Opens what the checkpoints at these places know; the places are ordered by the first sequence. */
export function openEvidence(places: readonly CheckpointPlace[]): Evidence {
  const handles = new Map<string, FileHandle>();
  let cursor = 0;

  async function closeAll(): Promise<void> {
    for (const handle of handles.values()) await handle.close();
    handles.clear();
  }

  async function read({ file, start, length }: CheckpointPlace): Promise<Checkpoint[]> {
    let handle = handles.get(file);
    if (handle === undefined) {
      if (handles.size >= openFiles) await closeAll();
      handle = await open(file);
      handles.set(file, handle);
    }
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, start);
    return buffer
      .toString('utf8')
      .split('\n')
      .map((text) => {
        const line = readCheckpointLine(text);
        if (line === null) throw new Error(`${file} has been changed while it was read.`);
        return line.checkpoint;
      });
  }

  return {
    covered: places.reduce((last, { to }) => Math.max(last, to), 0),
    latest: places.reduce<string | null>(
      (last, { time }) => (last === null || time > last ? time : last),
      null,
    ),
    async page(from, to) {
      while ((places[cursor]?.to ?? from) < from) cursor += 1;
      const known = new Map<number, KnownSeal[]>();
      for (let index = cursor; index < places.length; index += 1) {
        const place = places[index];
        if (place === undefined || place.from > to) break;
        if (place.to < from) continue;
        for (const checkpoint of await read(place)) addSeals(known, checkpoint);
      }
      for (const seals of known.values()) seals.sort((a, b) => a.time.localeCompare(b.time));
      return known;
    },
    async sequenceOf(entryId) {
      for (const place of places) {
        for (const { from, ids } of await read(place)) {
          const index = readIds(ids).indexOf(entryId);
          if (index !== -1) return from + index;
        }
      }
      return null;
    },
    [Symbol.asyncDispose]: closeAll,
  };
}

function addSeals(known: Map<number, KnownSeal[]>, checkpoint: Checkpoint): void {
  const marks = Buffer.from(checkpoint.marks, 'base64url');
  const { from, to, time } = checkpoint;
  for (const [index, entryId] of readIds(checkpoint.ids).entries()) {
    const sequence = from + index;
    const seal = {
      entryId,
      mark: markOf(marks, index),
      chain: sequence === to ? Buffer.from(checkpoint.chain, 'base64url') : null,
      time,
    };
    const seals = known.get(sequence);
    if (seals === undefined) known.set(sequence, [seal]);
    else seals.push(seal);
  }
}
