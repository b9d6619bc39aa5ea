import { beforeAll, describe, expect, it } from 'vitest';
import { Pool } from 'pg';
import { createScratchDatabase } from '../../../test/cluster.js';
import { createAuditLog, type AuditLog, type AuditLogFilter } from '../src/audit-log.js';
import type { AuditLogEntry } from '../src/audit-log-entry.js';
import type { Statement } from '../src/audit-log-statement.js';

let log: AuditLog;

beforeAll(async () => {
  const database = await createScratchDatabase('patients');
  const owner = new Pool({ connectionString: database.superuserUrl, options: '-c TimeZone=UTC' });
  const pool = new Pool({ connectionString: database.databaseUrl, options: '-c TimeZone=UTC' });
  log = createAuditLog(
    async <Row extends object>(statement: Statement) => (await pool.query<Row>(statement)).rows,
  );
  await owner.query(`
    INSERT INTO audit_entries (recorded_at, source, action, outcome, record_type, record_ids, record_count,
      patient_ids, actor_kind, actor_user_id, actor_role, request_id)
    VALUES
      ('2026-03-02 08:00:00.123456', 'service', 'read', 'success', 'Patient', '{7}', 1, '{7}', 'user', 3, 'DOCTOR', 'a'),
      ('2026-03-02 08:00:00.123457', 'service', 'read', 'denied', 'Patient', '{7,8}', 2, '{7,8}', 'user', 4, 'STAFF', 'b'),
      ('2026-03-02 09:00:00', 'service', 'search', 'success', 'Patient', '{}', 5, '{}', 'anonymous', NULL, NULL, 'c'),
      ('2026-03-02 10:00:00', 'service', 'invented', 'success', NULL, '{}', 0, '{}', 'user', 3, 'JANITOR', 'd')`);
  await owner.query(`
    INSERT INTO audit_entries (recorded_at, source, action, outcome, record_type, record_ranges, record_count,
      patient_ranges, actor_kind, actor_name)
    SELECT '2026-03-02 11:00:00', 'trigger', 'create', 'success', 'patients',
      range_agg(int8range(id, id, '[]')), 5001, range_agg(int8range(id, id, '[]')), 'database', 'postgres'
    FROM (SELECT generate_series(1000, 5999) UNION ALL SELECT 9000) AS loaded (id)`);
  await owner.query(
    `INSERT INTO audit_seals (sequence, entry_id, digest, chain) SELECT 1, min(id), sha256('digest'), sha256('chain') FROM audit_entries`,
  );
  return async () => {
    await Promise.all([owner.end(), pool.end()]);
    await database[Symbol.asyncDispose]();
  };
});

async function entriesOf(filter: AuditLogFilter): Promise<AuditLogEntry[]> {
  const { edges } = await log.list({ filter });
  return edges.map(({ node }) => node);
}

/** What tells the entries of this test apart. */
async function found(filter: AuditLogFilter): Promise<string> {
  const entries = await entriesOf(filter);
  return entries.map(({ requestId, actor }) => requestId ?? actor.name).join(' ');
}

describe('the audit log', () => {
  it('has the newest entry first', async () => {
    expect(await found({})).toBe('postgres d c b a');
  });

  it.each<[string, AuditLogFilter, string]>([
    ['from an instant on', { from: new Date('2026-03-02T09:00:00Z') }, 'postgres d c'],
    ['before an instant', { to: new Date('2026-03-02T09:00:00Z') }, 'b a'],
    ['of actions', { actions: ['SEARCH', 'CREATE'] }, 'postgres c'],
    ['of no action', { actions: [] }, ''],
    ['with outcomes', { outcomes: ['DENIED'] }, 'b'],
    ['of a user', { userId: '3' }, 'd a'],
    ['about a patient', { patientId: '7' }, 'b a'],
    ['about a patient of a bulk load', { patientId: '5999' }, 'postgres'],
    ['about a patient between those of a bulk load', { patientId: '6000' }, ''],
    ['about a kind of records, given out and changed', { recordType: 'Patient' }, 'postgres c b a'],
    ['about a kind of records, by its table', { recordType: 'patients' }, 'postgres c b a'],
    ['about a kind of records that none is about', { recordType: 'Appointment' }, ''],
    ['about a request', { requestId: 'b' }, 'b'],
    ['that meet all conditions', { patientId: '7', userId: '4', outcomes: ['SUCCESS'] }, ''],
    ['of a user that nobody can be', { userId: 'Ada' }, ''],
    ['about a patient that nobody can be', { patientId: '-1' }, ''],
    ['about a request whose id no text of PostgreSQL is', { requestId: 'a\0' }, ''],
  ])('finds the entries %s', async (_, filter, expected) => {
    expect(await found(filter)).toBe(expected);
  });

  it('tells the records of a bulk load as ranges', async () => {
    expect(await entriesOf({ patientId: '9000' })).toMatchObject([
      {
        recordType: 'Patient',
        ...{ recordIds: [], recordRanges: ['1000-5999', '9000'], recordCount: 5001 },
        ...{ patientIds: [], patientRanges: ['1000-5999', '9000'] },
        actor: { kind: 'DATABASE', userId: null, role: null, name: 'postgres' },
      },
    ]);
  });

  it('tells which place in the chain an entry has, once it has one', async () => {
    expect((await entriesOf({ patientId: '7' })).map(({ sequence }) => sequence)).toEqual([null, '1']);
  });

  it('has null for an action and a role that it has no name for', async () => {
    expect(await entriesOf({ requestId: 'd' })).toMatchObject([{ action: null, actor: { role: null } }]);
  });

  it('visits every entry once, page by page, also those of one millisecond', async () => {
    const seen: string[] = [];
    let page = await log.list({ first: 1 });
    for (;;) {
      seen.push(...page.edges.map(({ node }) => node.requestId ?? ''));
      if (!page.pageInfo.hasNextPage) break;
      page = await log.list({ first: 1, after: page.pageInfo.endCursor });
    }
    expect(seen).toEqual(['', 'd', 'c', 'b', 'a']);
    expect(await page.totalCount()).toBe(5);
  });

  it.each([
    ['no time', ['tomorrow', '1']],
    ['a day that does not exist', ['2026-02-30T00:00:00.000000', '1']],
    ['a year that PostgreSQL does not have', ['0000-01-01T00:00:00.000000', '1']],
    ['a number that no entry has', ['2026-03-02T00:00:00.000000', '9999999999999999999']],
  ])('refuses a cursor with %s', async (_, key) => {
    const after = Buffer.from(JSON.stringify(key)).toString('base64url');
    await expect(log.list({ after })).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
  });
});
