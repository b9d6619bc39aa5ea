import type { KeyObject } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { databaseTarget } from '@caregraph/service-kit/database-target';
import type { ServiceName } from '@caregraph/service-kit';
import { Client } from 'pg';
import type { AuditKey } from './audit-keys.js';
import { trailTables, type TrailTables } from './chain.js';
import { checkAttestation } from './verify-attestation.js';
import { createChainCheck } from './verify-chain.js';
import { indexCheckpoints } from './verify-checkpoints.js';
import { openEvidence } from './verify-evidence.js';
import { describeEntry, type Finding } from './verify-finding.js';
import { compareGuards, expectedGuards, readGuards } from './verify-guards.js';
import { readEntry, readExtent, readSealPages, readUnsealedPages, type TrailExtent } from './verify-pages.js';

/** What a verification found out about the trail of one service. */
export interface TrailReport extends TrailExtent {
  readonly service: ServiceName;
  readonly checkpoints: number;
  readonly checkpointFiles: number;
  /** The last sequence that a checkpoint covers. */
  readonly covered: number;
  /** Empty where the trail is whole. Of the chain and of each kind of the others, the first one. */
  readonly findings: readonly Finding[];
  /** How many there are of each kind. */
  readonly counts: Readonly<Partial<Record<Finding['kind'], number>>>;
  readonly notices: readonly string[];
}

export interface VerifyOptions {
  readonly service: ServiceName;
  /** Of any role that may read the trail. */
  readonly databaseUrl: string;
  readonly checkpointsDirectory: string;
  readonly publicKeys: readonly KeyObject[];
  /** The private keys, without which nobody can tell for what a service has vouched. */
  readonly keys: readonly AuditKey[] | null;
  /** How long an entry that was committed late may take to be sealed, in milliseconds. */
  readonly sealPatience: number;
}

/**
 * Verifies a trail, also while it is being written: the checkpoints are read first, so that the database, which is
 * then read in one snapshot, has everything that they cover. Rejects where either cannot be read.
 */
export async function verifyTrail(options: VerifyOptions): Promise<TrailReport> {
  const { service, databaseUrl, checkpointsDirectory, publicKeys, keys } = options;
  const { connection, schema } = databaseTarget(databaseUrl);
  const index = await indexCheckpoints(checkpointsDirectory, service, publicKeys);
  const tables = trailTables(schema);
  const collected = collectFindings(index.findings);
  const notices = [...index.notices];
  const client = new Client({ ...connection, application_name: 'caregraph-audit-verify' });
  // A connection that breaks fails the statement that is under way.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await using evidence = openEvidence(index.places);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const extent = await readExtent(client, tables);
    const attestation = (id: string, canonical: string): void => {
      if (keys !== null) collected.add(checkAttestation(id, canonical, service, keys));
    };
    const chain = createChainCheck(evidence, (id) => readEntry(client, tables, id));
    for await (const rows of readSealPages(client, tables)) {
      await chain.page(rows);
      for (const { entryId, canonical } of rows) {
        if (canonical !== null) attestation(String(entryId), canonical);
      }
    }
    collected.addFirst(await chain.finish());
    const overtaken: Overtaken[] = [];
    for await (const rows of readUnsealedPages(client, tables)) {
      for (const { id, canonical, isOvertaken } of rows) {
        attestation(id, canonical);
        if (isOvertaken && overtaken.length < mostOvertaken) overtaken.push({ id, canonical });
      }
    }
    for (const finding of compareGuards(await expectedGuards(service), await readGuards(client, schema))) {
      collected.add(finding);
    }
    await client.query('COMMIT');
    for (const entry of await stillUnsealed(client, tables, overtaken, options.sealPatience)) {
      collected.add(unsealed(entry));
    }
    if (keys === null)
      notices.push('Whether the service vouches for each entry was not checked: that needs its key.');
    if (extent.sealed > 0 && evidence.covered === 0) {
      collected.add({
        kind: 'checkpoint-removed',
        detail: 'There are sealed entries, and no checkpoint at all.',
      });
    } else if (extent.sealed > evidence.covered) {
      notices.push(`The last ${extent.sealed - evidence.covered} sealed entries are in no checkpoint yet.`);
    }
    return {
      ...{ service, ...extent, notices, covered: evidence.covered, ...collected.all() },
      checkpoints: index.places.length,
      checkpointFiles: index.files,
    };
  } finally {
    await client.end();
  }
}

interface Overtaken {
  readonly id: string;
  readonly canonical: string;
}

/** How many entries are looked at again; one is enough to name the first. */
const mostOvertaken = 1_000;

/** A transaction that was open for long is committed, and sealed, later than others: that takes a moment only. */
async function stillUnsealed(
  client: Client,
  { seals }: TrailTables,
  entries: readonly Overtaken[],
  patience: number,
): Promise<readonly Overtaken[]> {
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
  return open;
}

function unsealed({ id, canonical }: Overtaken): Finding {
  return {
    kind: 'unsealed',
    ...describeEntry(id, canonical),
    detail:
      'It has no seal, and later entries have: it was put in afterwards, or the service has not run since.',
  };
}

/** Keeps the first finding of each kind, and counts the others. */
function collectFindings(first: readonly Finding[]) {
  const counts: Partial<Record<Finding['kind'], number>> = {};
  const findings: Finding[] = [];
  const add = (finding: Finding | null): void => {
    if (finding === null) return;
    const count = counts[finding.kind] ?? 0;
    counts[finding.kind] = count + 1;
    // Guards and checkpoints are few, and each is something else to look at.
    if (count === 0 || finding.entryId === undefined) findings.push(finding);
  };
  const addFirst = (finding: Finding | null): void => {
    if (finding === null) return;
    counts[finding.kind] = (counts[finding.kind] ?? 0) + 1;
    findings.unshift(finding);
  };
  first.forEach(add);
  return { add, addFirst, all: () => ({ findings, counts }) };
}
