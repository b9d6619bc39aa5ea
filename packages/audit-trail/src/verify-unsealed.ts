import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { TrailTables } from './chain.js';
import { describeEntry, type Finding } from './verify-finding.js';

/** An entry without a seal, which others have got before it. */
export interface OvertakenEntry {
  readonly id: string;
  readonly canonical: string;
}

/** How many entries are looked at again; one is enough to name the first. */
export const mostOvertaken = 1_000;

/**
 * Which of the entries still have no seal after `patience`, in milliseconds: a transaction that was open for long is
 * committed, and sealed, later than others, and that takes a moment only. Reads what is committed now.
 */
export async function findUnsealed(
  client: Client,
  { seals }: TrailTables,
  entries: readonly OvertakenEntry[],
  patience: number,
): Promise<Finding[]> {
  const end = performance.now() + patience;
  let open = entries;
  while (open.length > 0) {
    const { rows } = await client.query<{ entry_id: string }>(
      `SELECT entry_id FROM ${seals} WHERE entry_id = ANY($1::bigint[])`,
      [open.map(({ id }) => id)],
    );
    const sealed = new Set(rows.map(({ entry_id: id }) => id));
    open = open.filter(({ id }) => !sealed.has(id));
    if (performance.now() > end) break;
    if (open.length > 0) await delay(200);
  }
  return open.map(({ id, canonical }) => ({
    kind: 'unsealed',
    ...describeEntry(id, canonical),
    detail:
      'It has no seal, and later entries have: it was put in afterwards, or the service has not run since.',
  }));
}
