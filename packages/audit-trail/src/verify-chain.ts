import { chainStart, digestOf, markOf, nextInChain } from './chain.js';
import {
  alteredBefore,
  misshapen,
  placeOf,
  replaced,
  sealedBy,
  type SealRow,
} from './verify-chain-findings.js';
import type { Evidence, KnownSeal } from './verify-evidence.js';
import { describeEntry, type Finding } from './verify-finding.js';

/** Reads the canonical text of an entry that may be gone. */
export type ReadEntry = (entryId: bigint) => Promise<string | null>;

/** Follows the chain from its beginning, until the first thing that is wrong. */
export interface ChainCheck {
  /** Looks at the next seals, in order. */
  page(rows: readonly SealRow[]): Promise<void>;
  /** What is wrong, once there are no more seals; null where the chain is whole. */
  finish(): Promise<Finding | null>;
}

/** Compares the chain of the database with itself, with the entries, and with what the checkpoints know of it. */
export function createChainCheck(evidence: Evidence, readEntry: ReadEntry): ChainCheck {
  let finding: Finding | null = null;
  let chain: Buffer = chainStart;
  let sequence = 0;
  let last: SealRow | undefined;

  async function check(row: SealRow, known: readonly KnownSeal[]): Promise<Finding | null> {
    const [first] = known;
    if (first !== undefined) {
      const other = known.find((seal) => !isSame(seal, first));
      if (other !== undefined) return replaced(row.sequence, first, other);
      if (first.entryId !== row.entryId) return displaced(row, first);
    }
    if (row.canonical === null) {
      return {
        kind: 'removed',
        ...placeOf(row),
        detail: `The entry is gone, its seal is there.${sealedBy(first)}`,
      };
    }
    const digest = digestOf(row.canonical);
    const isAsKnown = first === undefined ? digest.equals(row.digest) : first.mark === markOf(digest);
    if (!isAsKnown) {
      return {
        kind: 'altered',
        ...placeOf(row),
        detail: `The entry is not what was sealed.${sealedBy(first)}`,
      };
    }
    chain = nextInChain(chain, digest);
    if (!digest.equals(row.digest) || !chain.equals(row.chain)) {
      return {
        kind: 'seal-altered',
        ...placeOf(row),
        detail: 'The entry is what was sealed, but its seal is not.',
      };
    }
    const other = known.find((seal) => seal.chain !== null && !seal.chain.equals(chain));
    return other === undefined
      ? null
      : { kind: 'altered', sequence: row.sequence, detail: alteredBefore(other) };
  }

  async function displaced(row: SealRow, known: KnownSeal): Promise<Finding> {
    const gone = await missing(row.sequence, known);
    if (gone.kind === 'removed') return gone;
    const place = await evidence.sequenceOf(row.entryId);
    return place === null
      ? {
          kind: 'inserted',
          ...placeOf(row),
          detail: `Entry ${known.entryId} was sealed here; this one never was.`,
        }
      : {
          kind: 'reordered',
          ...placeOf(row),
          detail: `Entry ${known.entryId} was sealed here; this one was at sequence ${place}.`,
        };
  }

  /** There is no seal, or another entry's, where this one was sealed. */
  async function missing(at: number, known: KnownSeal | undefined): Promise<Finding> {
    if (known === undefined) {
      return {
        kind: 'removed',
        sequence: at,
        detail: 'The seal is gone; no checkpoint tells of which entry.',
      };
    }
    const entryId = String(known.entryId);
    const canonical = await readEntry(known.entryId);
    if (canonical === null) {
      return { kind: 'removed', sequence: at, entryId, detail: `The entry is gone.${sealedBy(known)}` };
    }
    const isAsKnown = known.mark === markOf(digestOf(canonical));
    return {
      kind: isAsKnown ? 'seal-removed' : 'altered',
      sequence: at,
      ...describeEntry(entryId, canonical),
      detail: `The seal is gone${isAsKnown ? '' : ', and the entry is not what was sealed'}.${sealedBy(known)}`,
    };
  }

  return {
    async page(rows) {
      if (finding !== null || rows.length === 0) return;
      // No more than there are rows: where a number is left out, the first that is missing is all that matters.
      const known = await evidence.page(sequence + 1, sequence + rows.length);
      for (const row of rows) {
        sequence += 1;
        finding =
          misshapen(row) ??
          (row.sequence === sequence
            ? await check(row, known.get(sequence) ?? [])
            : await missing(sequence, known.get(sequence)?.[0]));
        if (finding !== null) return;
        last = row;
      }
    },
    async finish() {
      if (finding !== null || evidence.covered <= sequence) return finding;
      const next = sequence + 1;
      const known = (await evidence.page(next, next)).get(next)?.[0];
      const gone = await missing(next, known);
      if (gone.kind !== 'removed') return gone;
      const end = last?.canonical == null ? {} : describeEntry(String(last.entryId), last.canonical);
      const place =
        end.entryId === undefined ? 'The trail is empty' : `The trail ends after entry ${end.entryId}`;
      return {
        kind: 'cut-off',
        sequence,
        ...end,
        detail:
          `${place}. ${evidence.covered - sequence} more were sealed, the next one as ` +
          `${gone.entryId === undefined ? 'an entry that no checkpoint names' : `entry ${gone.entryId}`}, ` +
          `the last one before ${evidence.latest ?? ''}.`,
      };
    },
  };
}

function isSame(one: KnownSeal, other: KnownSeal): boolean {
  return one.entryId === other.entryId && one.mark === other.mark;
}
