import { z } from 'zod';
import { canonicalVersions, entryColumns } from './chain.js';

/** What can be wrong with a trail. */
export type FindingKind =
  /** An entry is not as it was when it was sealed. */
  | 'altered'
  /** An entry is gone, and later ones are there. */
  | 'removed'
  /** An entry stands where another one was sealed, which comes elsewhere. */
  | 'reordered'
  /** An entry stands where another one was sealed, and was never sealed itself. */
  | 'inserted'
  /** Everything after an entry is gone. */
  | 'cut-off'
  /** The trail was cut off, and went on in another way: an older copy was restored. */
  | 'replaced'
  /** The entry is as it was, its seal is not. */
  | 'seal-altered'
  | 'seal-removed'
  /** An entry without a seal is older than sealed ones. */
  | 'unsealed'
  /** An entry names who acted, and its service does not vouch for it. */
  | 'unattested'
  /** The service has vouched for it long before, or long after: its word was taken from another entry. */
  | 'attested-at-another-time'
  /** The service has vouched for one entry, or one transaction, and its word is in another, too: it was copied. */
  | 'replayed'
  | 'checkpoint-altered'
  | 'checkpoint-removed'
  /** What has entries written, or keeps them from being rewritten, is not as the migrations make it. */
  | 'guard-altered';

/** Something that is wrong, and the entry where that begins, as far as it can be named. */
export interface Finding {
  readonly kind: FindingKind;
  readonly sequence?: number;
  readonly entryId?: string;
  /** When the entry was recorded: `YYYY-MM-DDTHH:MM:SS.ssssss`, UTC. */
  readonly recordedAt?: string;
  /** What kind of entry it is, such as `update of User by user 7`. */
  readonly entry?: string;
  /** A sentence. */
  readonly detail: string;
}

// Made once: to make a schema takes far longer than to parse with it.
const anything = z.array(z.unknown());
const text = z.string().nullable();
const columns = z.object({
  recorded_at: z.string(),
  source: z.enum(['service', 'trigger']),
  ...{ action: z.string(), outcome: z.string(), record_type: text, record_ids: z.array(z.string()) },
  ...{
    record_ranges: text,
    record_count: z.number(),
    patient_ids: z.array(z.number()),
    patient_ranges: text,
  },
  fields: z.array(z.string()),
  ...{ operation: text, code: text, actor_kind: z.enum(['user', 'service', 'anonymous', 'database']) },
  ...{ actor_user_id: z.number().nullable(), actor_role: text, actor_name: text, session_id: text },
  ...{ address: text, user_agent: text, request_id: text, attested_at: text, attestation: text },
  transaction_id: z.number().optional(),
});

/** The columns of an entry by name, as its canonical text has them. */
export type EntryColumns = z.output<typeof columns>;

/** Reads a canonical text; null where a column holds what no service and no trigger writes. */
export function readCanonical(canonical: string): EntryColumns | null {
  const values = anything.parse(JSON.parse(canonical));
  if (!canonicalVersions.some((version) => version === values[0]))
    throw new Error('The canonical text is of another version.');
  const byName: Record<string, unknown> = {};
  entryColumns.forEach((column, index) => {
    byName[column] = values[index + 1];
  });
  return columns.safeParse(byName).data ?? null;
}

/** What a finding says of an entry that is there. */
export function describeEntry(
  entryId: string,
  canonical: string,
): Pick<Finding, 'entryId' | 'recordedAt' | 'entry'> {
  const entry = readCanonical(canonical);
  if (entry === null) return { entryId };
  const actor = entry.actor_kind === 'user' ? String(entry.actor_user_id) : (entry.actor_name ?? '');
  const what = [entry.action, entry.record_type === null ? '' : `of ${entry.record_type}`];
  const words = [...what, 'by', entry.actor_kind, actor].filter((word) => word !== '');
  return { entryId, recordedAt: entry.recorded_at, entry: words.join(' ') };
}
