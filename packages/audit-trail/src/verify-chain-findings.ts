import { chainStart } from './chain.js';
import type { KnownSeal } from './verify-evidence.js';
import { describeEntry, type Finding } from './verify-finding.js';

/** A seal and the entry that it is for; null where that is gone. */
export interface SealRow {
  readonly sequence: number;
  readonly entryId: bigint;
  readonly digest: Buffer;
  readonly chain: Buffer;
  readonly canonical: string | null;
}

/** What is wrong with a seal that no service makes; null where it is only its content that can be wrong. */
export function misshapen(row: SealRow): Finding | null {
  const isCounted = Number.isSafeInteger(row.sequence);
  if (isCounted && [row.digest, row.chain].every(({ length }) => length === chainStart.length)) return null;
  const { sequence, ...entry } = placeOf(row);
  return {
    kind: 'seal-altered',
    ...entry,
    ...(isCounted && { sequence }),
    detail: isCounted
      ? 'No service makes such a seal: its digest or its chain is not of 32 bytes.'
      : 'No service makes such a seal: nothing counts so far.',
  };
}

/** Two checkpoints tell of different entries in one place. */
export function replaced(sequence: number, first: KnownSeal, other: KnownSeal): Finding {
  return {
    kind: 'replaced',
    sequence,
    entryId: String(first.entryId),
    detail:
      `Sealed before ${first.time}; a checkpoint of ${other.time} has something else in its place (entry ` +
      `${other.entryId}), as after an older copy of the database was restored.`,
  };
}

/** What a finding says of a seal, and of its entry where that is there. */
export function placeOf({
  sequence,
  entryId,
  canonical,
}: SealRow): Pick<Finding, 'sequence' | 'entryId' | 'entry'> {
  const id = String(entryId);
  return { sequence, entryId: id, ...(canonical !== null && describeEntry(id, canonical)) };
}

/** What is wrong where a checkpoint begins that fits all that comes after it, and not the chain before. */
export function alteredBefore({ time }: KnownSeal): string {
  return `An entry before this sequence, which no checkpoint here covers, is not what it was before ${time}.`;
}

/** A sentence, after another one: when the entry was there. Empty where no checkpoint tells. */
export function sealedBy(known: KnownSeal | undefined): string {
  return known === undefined ? '' : ` It was sealed before ${known.time}.`;
}
