import { databaseTarget } from '@caregraph/service-kit/database-target';
import type { ServiceName } from '@caregraph/service-kit';
import { Client } from 'pg';
import type { AuditKey } from './audit-keys.js';
import { trailTables } from './chain.js';
import type { CheckpointKey } from './checkpoint-signature.js';
import { createAttestationCheck } from './verify-attestation.js';
import { createChainCheck } from './verify-chain.js';
import { indexCheckpoints } from './verify-checkpoints.js';
import { openEvidence } from './verify-evidence.js';
import type { Finding } from './verify-finding.js';
import { collectFindings } from './verify-findings.js';
import { compareGuards, expectedGuards, findForeignBuiltins, readGuards } from './verify-guards.js';
import { readEntry, readExtent, readSealPages, readUnsealedPages, type TrailExtent } from './verify-pages.js';
import { findReplays } from './verify-replays.js';
import { findUnsealed, mostOvertaken, type OvertakenEntry } from './verify-unsealed.js';

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
  readonly publicKeys: readonly CheckpointKey[];
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
    // All else is named with its schema: nobody's search path leads the verification astray.
    await client.query('SET search_path = pg_catalog, pg_temp');
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    for (const finding of await findForeignBuiltins(client)) collected.add(finding);
    const extent = await readExtent(client, tables);
    const check = keys === null ? () => null : createAttestationCheck(service, keys);
    const chain = createChainCheck(evidence, (id) => readEntry(client, tables, id));
    for await (const rows of readSealPages(client, tables)) {
      await chain.page(rows);
      for (const { entryId, canonical } of rows) {
        if (canonical !== null) collected.add(check(String(entryId), canonical));
      }
    }
    collected.addFirst(await chain.finish());
    const overtaken: OvertakenEntry[] = [];
    for await (const rows of readUnsealedPages(client, tables)) {
      for (const { id, canonical, isOvertaken } of rows) {
        collected.add(check(id, canonical));
        if (isOvertaken && overtaken.length < mostOvertaken) overtaken.push({ id, canonical });
      }
    }
    const guards = await readGuards(client, schema);
    const replays = await findReplays(client, tables);
    await client.query('COMMIT');
    const unsealed = await findUnsealed(client, tables, overtaken, options.sealPatience);
    const altered = compareGuards(await expectedGuards(service), guards);
    for (const finding of [...altered, ...unsealed, ...replays]) collected.add(finding);
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
      checkpoints: index.checkpoints,
      checkpointFiles: index.files,
    };
  } finally {
    await client.end();
  }
}
