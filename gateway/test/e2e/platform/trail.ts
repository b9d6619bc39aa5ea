import { Client } from 'pg';
import type { ScratchDatabase } from '../../../../test/cluster.js';

/** An entry of a trail, as the table has it. */
export interface TrailEntry {
  readonly source: string;
  readonly action: string;
  readonly outcome: string;
  readonly record_type: string | null;
  readonly record_ids: readonly string[];
  readonly record_count: number;
  readonly patient_ids: readonly number[];
  readonly fields: readonly string[];
  readonly operation: string | null;
  readonly code: string | null;
  readonly actor_kind: string;
  readonly actor_user_id: number | null;
  readonly actor_role: string | null;
  readonly actor_name: string | null;
  readonly address: string | null;
  readonly user_agent: string | null;
  readonly request_id: string | null;
}

/** The entries of a trail, the oldest first; of one request, or all. */
export async function trailEntries(
  database: ScratchDatabase,
  requestId: string | null = null,
): Promise<TrailEntry[]> {
  const client = new Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query<TrailEntry>(
      'SELECT * FROM audit_entries WHERE $1::text IS NULL OR request_id = $1 ORDER BY id',
      [requestId],
    );
    return rows;
  } finally {
    await client.end();
  }
}
