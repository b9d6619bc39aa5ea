import { createHash } from 'node:crypto';
import { serviceNames } from '@caregraph/service-kit';
import { z } from 'zod';
import { markLength } from './chain.js';

/** Whole numbers, the first one and then the differences, separated by blanks: ids are close to each other. */
const differences = z.string().regex(/^-?\d+( -?\d+)*$/);
const base64url = z.string().regex(/^[\w-]+$/);

const checkpointSchema = z.strictObject({
  version: z.literal(1),
  service: z.enum(serviceNames),
  /** When it was written, by the clock of the process. */
  time: z.iso.datetime(),
  /** The first and the last sequence that it covers. */
  from: z.int().positive(),
  to: z.int().positive(),
  /** The ids of the covered entries, in the order of their seals. */
  ids: differences,
  /** The first eight bytes of each digest, one after the other. */
  marks: base64url,
  /** The chain at `to`, which stands for all entries up to there. */
  chain: base64url,
  /** SHA-256 of the line that this process wrote before; null for its first one. */
  previous: base64url.nullable(),
  /** The id of the key that has signed it. */
  key: z.string(),
});

/** Which entries were sealed, how, and when: what is known outside the database. */
export type Checkpoint = z.output<typeof checkpointSchema>;

const lineSchema = z.strictObject({ checkpoint: checkpointSchema, signature: base64url });

/** A checkpoint as it stands in a file, with the signature over its JSON text. */
export interface CheckpointLine {
  readonly checkpoint: Checkpoint;
  /** What was signed. */
  readonly signed: string;
  readonly signature: Buffer;
}

/** The line, without the line break, of a checkpoint. */
export function writeCheckpointLine(checkpoint: Checkpoint, sign: (text: string) => Buffer): string {
  const signature = sign(signedText(checkpoint)).toString('base64url');
  return JSON.stringify({ checkpoint, signature });
}

/** Reads a line; null where it is none. Whether its signature is good is for the caller to find out. */
export function readCheckpointLine(line: string): CheckpointLine | null {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return null;
  }
  const parsed = lineSchema.safeParse(json);
  if (!parsed.success) return null;
  const { checkpoint } = parsed.data;
  const count = checkpoint.to - checkpoint.from + 1;
  const isWhole =
    checkpoint.ids.split(' ').length === count &&
    Buffer.from(checkpoint.marks, 'base64url').length === count * markLength &&
    // Nothing may stand in the line but what is signed, in the form in which it was written.
    line === JSON.stringify({ checkpoint, signature: parsed.data.signature });
  if (!isWhole) return null;
  return {
    checkpoint,
    signed: signedText(checkpoint),
    signature: Buffer.from(parsed.data.signature, 'base64url'),
  };
}

/** What the next line of the same process has in `previous`. */
export function lineHash(line: string): string {
  return createHash('sha256').update(line).digest('base64url');
}

/** Ids as a checkpoint has them. */
export function writeIds(ids: readonly bigint[]): string {
  return ids.map((id, index) => String(id - (ids[index - 1] ?? 0n))).join(' ');
}

/** The ids that a checkpoint has, in the order of their seals. */
export function readIds(text: string): bigint[] {
  let id = 0n;
  return text.split(' ').map((difference) => (id += BigInt(difference)));
}

/** The signature says what it is for, so that the key's other signatures cannot be taken for it. */
function signedText(checkpoint: Checkpoint): string {
  return `caregraph audit checkpoint ${JSON.stringify(checkpoint)}`;
}
