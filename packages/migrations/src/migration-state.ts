import { MigrationError } from './migration-error.js';
import type { MigrationFile } from './migration-files.js';
import type { MigrationRecord } from './migration-history.js';

/**
 * How a migration on disk relates to its record: `edited` and `missing` on disk since it was applied, `late` when
 * it is older than one that is applied already, `failed` half-way.
 */
export type MigrationState = 'applied' | 'pending' | 'late' | 'edited' | 'missing' | 'failed';

/** One migration, on disk, in the database, or in both. */
export interface MigrationStatus {
  readonly version: string;
  readonly state: MigrationState;
  /** When it was applied; null unless it was. */
  readonly appliedAt: Date | null;
}

/** Compares what is on disk with what is recorded; oldest first. */
export function compareMigrations(
  files: readonly MigrationFile[],
  records: readonly MigrationRecord[],
): MigrationStatus[] {
  const fileOf = new Map(files.map((file) => [file.version, file]));
  const recordOf = new Map(records.map((record) => [record.version, record]));
  const lastApplied = records.at(-1)?.version ?? '';
  return [...new Set([...fileOf.keys(), ...recordOf.keys()])].sort().map((version) => {
    const file = fileOf.get(version);
    const record = recordOf.get(version);
    const state = (): MigrationState => {
      if (record === undefined) return version < lastApplied ? 'late' : 'pending';
      if (record.finishedAt === null) return 'failed';
      if (file === undefined) return 'missing';
      return file.checksum === record.checksum ? 'applied' : 'edited';
    };
    return { version, state: state(), appliedAt: record?.finishedAt ?? null };
  });
}

/** Throws a MigrationError that names everything by which the history is not what the files say. */
export function refuseBrokenHistory(service: string, statuses: readonly MigrationStatus[]): void {
  const sentences = statuses.flatMap(({ version, state }) => {
    const sentence = complaint(`${service}/migrations/${version}`, state);
    return sentence === null ? [] : [sentence];
  });
  if (sentences.length > 0) throw new MigrationError([...sentences, 'Nothing was changed.'].join('\n'));
}

function complaint(migration: string, state: MigrationState): string | null {
  switch (state) {
    case 'applied':
    case 'pending':
      return null;
    case 'edited':
      return `${migration} was edited after it was applied. Restore it, and write the change as a new migration.`;
    case 'missing':
      return `${migration} is applied, but its folder is missing. Restore it.`;
    case 'late':
      return `${migration} is not applied, but a later one is. Give it a later timestamp.`;
    case 'failed':
      return `${migration} failed half-way. Repair the database, then say so with "npm run prisma -- migrate resolve".`;
  }
}
