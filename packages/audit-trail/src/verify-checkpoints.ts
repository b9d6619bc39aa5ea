import path from 'node:path';
import type { ServiceName } from '@caregraph/service-kit';
import { lineHash, readCheckpointLine } from './checkpoint.js';
import { listCheckpointFiles, readLines, type CheckpointFile } from './checkpoint-files.js';
import { isSignedBy, type CheckpointKey } from './checkpoint-signature.js';
import { collectLineFindings } from './verify-checkpoint-findings.js';
import { addPlace, findUncovered, type CheckpointPlace } from './verify-checkpoint-places.js';
import type { Finding } from './verify-finding.js';

/** The checkpoints of a service that can be trusted, and what is wrong with the others. */
export interface CheckpointIndex {
  /** By what they cover, and when. */
  readonly places: readonly CheckpointPlace[];
  /** How many there are at these places. */
  readonly checkpoints: number;
  readonly files: number;
  readonly findings: readonly Finding[];
  /** What is no finding and worth knowing. */
  readonly notices: readonly string[];
}

/**
 * Reads all checkpoints of a service: each has to be signed with one of the keys, and to follow the one that its
 * process wrote before. Of what is wrong with the lines of a file there is one finding of each kind. Rejects where the
 * directory cannot be read.
 */
export async function indexCheckpoints(
  directory: string,
  service: ServiceName,
  publicKeys: readonly CheckpointKey[],
): Promise<CheckpointIndex> {
  const files = await listCheckpointFiles(directory, service);
  const places: CheckpointPlace[] = [];
  const findings: Finding[] = [];
  const notices: string[] = [];
  let checkpoints = 0;
  /** Also what a key is called in what it has signed: whoever keeps it may have given the file another name. */
  const knownKeys = new Set(publicKeys.map(({ id }) => id));
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
    const lines = collectLineFindings(name);
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
        const keyId = read?.checkpoint.key;
        if (keyId === undefined || knownKeys.has(keyId)) lines.altered(number);
        else lines.ofUnknownKey(number, keyId);
        continue;
      }
      if (expected !== undefined && read.checkpoint.previous !== expected) lines.outOfPlace(number);
      expected = lineHash(line.text);
      checkpoints += 1;
      knownKeys.add(read.checkpoint.key);
      addPlace(places, file.path, line, read.checkpoint);
    }
    findings.push(...lines.all());
  }
  places.sort((a, b) => a.from - b.from || a.time.localeCompare(b.time));
  findings.push(...findUncovered(places));
  const first = places[0]?.from ?? 1;
  if (first > 1) {
    notices.push(
      `The checkpoints begin with sequence ${first}: of what comes before, only the chain tells whether it is whole.`,
    );
  }
  return { places, checkpoints, files: files.length, findings, notices };
}
