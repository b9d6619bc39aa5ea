import { describe, expect, it } from 'vitest';
import { newAuditKey, nurseOrigin } from '../test/attestation-fixtures.js';
import { attestationOf, attestedEntry, nonceLength } from './attestation.js';
import type { AuditEvent, EntryContent, Origin } from './audit-entry.js';
import { writeEntry, writeOrigin } from './written-entry.js';

const key = newAuditKey();

const origin: Origin = { ...nurseOrigin, userAgent: 'Ward "tablet"\n\u2028' };

const nothingElse = {
  ...{ recordType: null, recordIds: [], recordCount: 0, patientIds: [], fields: [], operation: null },
  code: null,
} as const;

const cases: [name: string, event: AuditEvent, content: EntryContent][] = [
  [
    'a read',
    {
      action: 'READ',
      outcome: 'SUCCESS',
      recordType: 'Patient',
      recordIds: [5, 'x\0"'],
      patientIds: [5],
      fields: ['allergies', 'id'],
    },
    {
      ...{ ...origin, ...nothingElse, action: 'read', outcome: 'success', recordType: 'Patient' },
      ...{ recordIds: ['5', 'x\uFFFD"'], recordCount: 2, patientIds: [5], fields: ['allergies', 'id'] },
    },
  ],
  [
    'a search that names no record',
    { action: 'SEARCH', outcome: 'SUCCESS', recordCount: 20, operation: 'Query.patients' },
    {
      ...{ ...origin, ...nothingElse, action: 'search', outcome: 'success' },
      ...{ recordCount: 20, operation: 'Query.patients' },
    },
  ],
  [
    'a login under a name that nobody has proved',
    { action: 'LOGIN', outcome: 'DENIED', code: 'INVALID_CREDENTIALS', claimedName: 'pseudonym' },
    {
      ...{ ...origin, ...nothingElse, action: 'login', outcome: 'denied' },
      ...{ actorName: 'pseudonym', code: 'INVALID_CREDENTIALS' },
    },
  ],
];

describe('an entry as it is written', () => {
  it.each(cases)('holds each column of %s, and is attested as it is verified', (_, event, content) => {
    const written = JSON.parse(writeEntry('users', event, writeOrigin(origin), key)) as Record<
      string,
      unknown
    >;
    const { attestedAt, attestation, ...columns } = written;
    expect(columns).toEqual(content);
    const given = Buffer.from(String(attestation), 'base64');
    const text = attestedEntry('users', content, String(attestedAt));
    expect(given).toEqual(attestationOf(text, given.subarray(0, nonceLength), key));
  });
});
