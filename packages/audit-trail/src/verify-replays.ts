import type { Client } from 'pg';
import { canonicalText, type TrailTables } from './chain.js';
import { describeEntry, type Finding } from './verify-finding.js';

/** How many attestations that are there too often, and entries with them, are looked at; one is enough to name it. */
const mostRepeated = 1_000;

/**
 * Entries whose attestation was taken from others: of the service's own, each has one of its own; of triggers', all
 * that one transaction changes have the same, and no other transaction has it. What comes later in the chain is the
 * copy.
 */
export async function findReplays(client: Client, { entries, seals }: TrailTables): Promise<Finding[]> {
  // Of millions of attestations a few temporary files are made otherwise.
  await client.query("SET LOCAL work_mem = '64MB'");
  const repeated = await client.query<{ attestation: Buffer }>(
    `SELECT attestation FROM ${entries} WHERE attestation IS NOT NULL
      GROUP BY attestation
      HAVING count(*) FILTER (WHERE source <> 'trigger') > 1 OR min(transaction_id) <> max(transaction_id)
      LIMIT ${mostRepeated}`,
  );
  if (repeated.rows.length === 0) return [];
  const { rows } = await client.query<{
    id: string;
    original: string;
    isOfService: boolean;
    canonical: string;
  }>(
    `SELECT id, original, source <> 'trigger' AS "isOfService", canonical FROM (
      SELECT entry.id, entry.source, entry.transaction_id, seal.sequence, ${canonicalText('entry')} AS canonical,
        first_value(entry.id) OVER same AS original, first_value(entry.transaction_id) OVER same AS vouched_for
      FROM ${entries} AS entry LEFT JOIN ${seals} AS seal ON seal.entry_id = entry.id
      WHERE entry.attestation = ANY($1::bytea[])
      WINDOW same AS (PARTITION BY entry.attestation ORDER BY seal.sequence NULLS LAST, entry.id)
    ) AS copy
    WHERE id <> original AND (source <> 'trigger' OR transaction_id <> vouched_for)
    ORDER BY sequence NULLS LAST, id LIMIT ${mostRepeated}`,
    [repeated.rows.map(({ attestation }) => attestation)],
  );
  return rows.map(({ id, original, isOfService, canonical }) => ({
    kind: 'replayed',
    ...describeEntry(id, canonical),
    detail: isOfService
      ? `It is a copy of entry ${original}: the service has vouched for one of the two only.`
      : `Who acted was taken from entry ${original}: the service has vouched for another transaction.`,
  }));
}
