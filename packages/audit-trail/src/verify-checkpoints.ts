import type { KeyObject } from 'node:crypto';
import path from 'node:path';
import type { ServiceName } from '@caregraph/service-kit';
import { lineHash, readCheckpointLine, type Checkpoint } from './checkpoint.js';
import { listCheckpointFiles, readLines, type CheckpointFile } from './checkpoint-files.js';
import { isSignedBy } from './checkpoint-signature.js';
import type { Finding } from './verify-finding.js';

/** Where a checkpoint stands, and what it covers: little enough to keep of all of them. */
export interface CheckpointPlace {
  readonly file: string;
  readonly start: number;
  readonly length: number;
  readonly from: number;
  readonly to: number;
  readonly time: string;
}

/** The checkpoints of a service that can be trusted, and what is wrong with the others. */
export interface CheckpointIndex {
  /** By what they cover, and when. */
  readonly places: readonly CheckpointPlace[];
  readonly files: number;
  readonly findings: readonly Finding[];
  /** What is no finding and worth knowing. */
  readonly notices: readonly string[];
}

/**
 * Reads all checkpoints of a service: each has to be signed with one of the keys, and to follow the one that its
 * process wrote before. Rejects where the directory cannot be read.
 */
export async function indexCheckpoints(
  directory: string,
  service: ServiceName,
  publicKeys: readonly KeyObject[],
): Promise<CheckpointIndex> {
  const files = await listCheckpointFiles(directory, service);
  const places: CheckpointPlace[] = [];
  const findings: Finding[] = [];
  const notices: string[] = [];
  /** The hash that the next line must name; undefined after one that tells nothing. */
  let expected: string | null | undefined;
  let former: CheckpointFile | undefined;

  for (const file of files) {
    const name = path.basename(file.path);
    if (former?.process !== file.process) {
      former = undefined;
      expected = null;
    }
    const missing = file.number - 1 - (former?.number ?? 0);
    if (missing > 0) {
      expected = undefined;
      findings.push({
        kind: 'checkpoint-removed',
        detail: `${missing} file(s) of the process before ${name} are missing.`,
      });
    }
    former = file;
    let number = 0;
    for await (const line of readLines(file.path)) {
      number += 1;
      if (!line.isComplete) {
        notices.push(`The last line of ${name} was not written to its end, as when a process is killed.`);
        continue;
      }
      const read = readCheckpointLine(line.text);
      if (read?.checkpoint.service !== service || !isSignedBy(read, publicKeys)) {
        expected = undefined;
        findings.push({
          kind: 'checkpoint-altered',
          detail: `Line ${number} of ${name} is not as it was signed, or signed with a key that is not known here.`,
        });
        continue;
      }
      if (expected !== undefined && read.checkpoint.previous !== expected) {
        findings.push({
          kind: 'checkpoint-removed',
          detail: `Lines are missing before line ${number} of ${name}.`,
        });
      }
      expected = lineHash(line.text);
      places.push(placeOf(file, line, read.checkpoint));
    }
  }
  places.sort((a, b) => a.from - b.from || a.time.localeCompare(b.time));
  findings.push(...uncovered(places));
  const first = places[0]?.from ?? 1;
  if (first > 1) {
    notices.push(
      `The checkpoints begin with sequence ${first}: of what comes before, only the chain tells whether it is whole.`,
    );
  }
  return { places, files: files.length, findings, notices };
}

function placeOf(
  file: CheckpointFile,
  { start, length }: { readonly start: number; readonly length: number },
  { from, to, time }: Checkpoint,
): CheckpointPlace {
  return { file: file.path, start, length, from, to, time };
}

/** A process covers all that was sealed in its time, and what was left over before: between two there is no gap. */
function uncovered(places: readonly CheckpointPlace[]): Finding[] {
  let covered = (places[0]?.from ?? 1) - 1;
  return places.flatMap(({ from, to }) => {
    const last = covered;
    covered = Math.max(covered, to);
    if (from <= last + 1) return [];
    return [
      {
        kind: 'checkpoint-removed' as const,
        sequence: last + 1,
        detail: `No checkpoint covers the sequences ${last + 1} to ${from - 1}.`,
      },
    ];
  });
}
