import type { Pool } from 'pg';
import type { Attestation } from './attestation.js';
import type { EntryContent } from './audit-entry.js';

/** An entry as a service writes it. */
export type AttestedEntry = EntryContent & Attestation;

/** Writes entries, durably. */
export interface EntryWriter {
  /** Resolves once all of the entries are committed; rejects where any of them is not. */
  append(entries: readonly AttestedEntry[]): Promise<void>;
}

/** Most entries that one statement writes. */
const largestBatch = 500;

interface Waiting {
  readonly entries: readonly AttestedEntry[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes what all requests of the process have noted, one statement at a time: what comes while one is under way goes
 * with the next, so that many requests share one commit, and one wait for the disk.
 */
export function createEntryWriter(pool: Pool): EntryWriter {
  let waiting: Waiting[] = [];
  let isWriting = false;

  async function writeAll(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) await writeBatch(takeBatch());
    isWriting = false;
  }

  function takeBatch(): Waiting[] {
    let size = 0;
    const end = waiting.findIndex(
      ({ entries }, index) => (size += entries.length) > largestBatch && index > 0,
    );
    const batch = end === -1 ? waiting : waiting.slice(0, end);
    waiting = end === -1 ? [] : waiting.slice(end);
    return batch;
  }

  async function writeBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      await insert(
        pool,
        batch.flatMap(({ entries }) => entries),
      );
    } catch (error) {
      if (batch.length > 1 && isDataException(error)) {
        // One request's entry that PostgreSQL cannot store is no reason to refuse the others.
        for (const one of batch) await writeBatch([one]);
        return;
      }
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const { resolve } of batch) resolve();
  }

  return {
    append: (entries) =>
      new Promise((resolve, reject) => {
        waiting.push({ entries, resolve, reject });
        if (!isWriting) void writeAll();
      }),
  };
}

const insertStatement = `
  INSERT INTO audit_entries (
    source, action, outcome, record_type, record_ids, record_count, patient_ids, fields, operation, code, actor_kind,
    actor_user_id, actor_role, actor_name, session_id, address, user_agent, request_id, attested_at, attestation)
  SELECT 'service', action, outcome, "recordType", "recordIds", "recordCount", "patientIds", fields, operation, code,
    "actorKind", "actorUserId", "actorRole", "actorName", "sessionId", address, "userAgent", "requestId",
    "attestedAt", decode(attestation, 'base64')
  FROM json_to_recordset($1) AS entry (
    action text, outcome text, "recordType" text, "recordIds" text[], "recordCount" integer, "patientIds" integer[],
    fields text[], operation text, code text, "actorKind" text, "actorUserId" integer, "actorRole" text,
    "actorName" text, "sessionId" text, address text, "userAgent" text, "requestId" text, "attestedAt" timestamp,
    attestation text)`;

async function insert(pool: Pool, entries: readonly AttestedEntry[]): Promise<void> {
  await pool.query({
    name: 'append_audit_entries',
    text: insertStatement,
    values: [JSON.stringify(entries)],
  });
}

/** SQLSTATE class 22: a value that does not fit. */
function isDataException(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('22')
  );
}
