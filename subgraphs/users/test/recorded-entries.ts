import type { Client } from '@caregraph/service-kit';
import { sharedDatabase } from '../../../test/cluster.js';
import { runStatement } from '../../../test/held-lock.js';
import { newClient } from './users-service.js';

/** An entry of the audit trail, without what differs from run to run. */
export interface RecordedEntry {
  readonly source: 'service' | 'trigger';
  readonly action: string;
  readonly outcome: string;
  readonly code: string | null;
  readonly type: string | null;
  readonly ids: readonly string[];
  readonly count: number;
  readonly fields: readonly string[];
  readonly operation: string | null;
  readonly actor: {
    readonly kind: string;
    readonly id: number | null;
    readonly role: string | null;
    readonly name: string | null;
    readonly session: string | null;
  };
  readonly userAgent: string | null;
}

/** A client from where nobody else comes, by which its entries are found. */
export function recordedClient(): Client {
  return { ...newClient(), userAgent: 'Ward tablet' };
}

/** What the trail has of a client, in order. */
export async function entriesOf(
  { address }: Client,
  databaseUrl = sharedDatabase('users').databaseUrl,
): Promise<RecordedEntry[]> {
  return runStatement<RecordedEntry>(
    databaseUrl,
    `SELECT source, action, outcome, code, record_type AS type, record_ids AS ids, record_count AS count, fields,
       operation, user_agent AS "userAgent", json_build_object('kind', actor_kind, 'id', actor_user_id,
         'role', actor_role, 'name', actor_name, 'session', session_id) AS actor
     FROM audit_entries WHERE address = $1 ORDER BY id`,
    [address],
  );
}

/** What the services have noted of a client, without the changes that the triggers have. */
export async function eventsOf(client: Client): Promise<RecordedEntry[]> {
  return (await entriesOf(client)).filter(({ source }) => source === 'service');
}

/** What triggers have noted of a client's changes: `action table column, column`. */
export async function changesOf(client: Client): Promise<string[]> {
  return (await entriesOf(client))
    .filter(({ source }) => source === 'trigger')
    .map(({ action, type, fields }) => [action, type ?? '', fields.join()].join(' ').trim());
}

/** All that the trail holds of a client, as text: what must not be in an entry is not in this. */
export async function textOf({ address }: Client): Promise<string> {
  const rows = await runStatement(
    sharedDatabase('users').databaseUrl,
    'SELECT audit_entries::text AS entry FROM audit_entries WHERE address = $1',
    [address],
  );
  return JSON.stringify(rows);
}
