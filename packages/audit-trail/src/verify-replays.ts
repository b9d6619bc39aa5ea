import type { Client } from 'pg';
import { canonicalText, type TrailTables } from './chain.js';
import { describeEntry, type Finding } from './verify-finding.js';

/** How many attestations that are there more than once are looked at; one is enough to name the first. */
const mostRepeated = 1_000;

/**
 * Entries of the service that are copies of others, attestation and all: what comes later in the chain is the copy. A
 * trigger's entries are left out, because all that one transaction changes has one attestation.
 */
export async function findReplays(client: Client, { entries, seals }: TrailTables): Promise<Finding[]> {
  // Of millions of attestations a few temporary files are made otherwise.
  await client.query("SET LOCAL work_mem = '64MB'");
  const repeated = await client.query<{ attestation: Buffer }>(
    `SELECT attestation FROM ${entries} WHERE source = 'service' AND attestation IS NOT NULL
      GROUP BY attestation HAVING count(*) > 1 LIMIT ${mostRepeated}`,
  );
  if (repeated.rows.length === 0) return [];
  const { rows } = await client.query<{ id: string; original: string; canonical: string }>(
    `SELECT id, original, canonical FROM (
      SELECT entry.id, seal.sequence, ${canonicalText('entry')} AS canonical,
        first_value(entry.id) OVER (
          PARTITION BY entry.attestation ORDER BY seal.sequence NULLS LAST, entry.id) AS original
      FROM ${entries} AS entry LEFT JOIN ${seals} AS seal ON seal.entry_id = entry.id
      WHERE entry.source = 'service' AND entry.attestation = ANY($1::bytea[])
    ) AS copy
    WHERE id <> original ORDER BY sequence NULLS LAST, id`,
    [repeated.rows.map(({ attestation }) => attestation)],
  );
  return rows.map(({ id, original, canonical }) => ({
    kind: 'replayed',
    ...describeEntry(id, canonical),
    detail: `It is a copy of entry ${original}: the service has vouched for one of the two only.`,
  }));
}
