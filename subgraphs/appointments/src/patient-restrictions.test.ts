import { roles, type Viewer } from '@caregraph/service-kit';
import { describe, expect, it } from 'vitest';
import { createPatientRestrictions } from './patient-restrictions.js';

const member: Viewer = { kind: 'user', id: 2, role: 'NURSE', sessionId: 'session' };
const stranger: Viewer = { ...member, id: 3 };

/** Restrictions that were heard so many milliseconds ago and hold for a minute; null: that were never heard. */
function restrictionsOfAge(age: number | null) {
  const teams = new Map([
    [41, new Set([1, 2])],
    [42, new Set([1])],
  ]);
  return createPatientRestrictions(
    { current: () => (age === null ? null : teams), age: () => age ?? Infinity },
    60_000,
  );
}

describe('restrictions', () => {
  it.each(roles)('hide patients from users who are %s and not in the care team', (role) => {
    const restrictions = restrictionsOfAge(0);
    expect(restrictions.hiddenFrom({ ...member, role })).toEqual([42]);
    expect(restrictions.hiddenFrom({ ...stranger, role })).toEqual([41, 42]);
  });

  it('hold until they are too old, and are told to nobody then, whoever asks', async () => {
    expect(restrictionsOfAge(60_000).hiddenFrom(stranger)).toEqual([41, 42]);
    await restrictionsOfAge(60_000).checkKnown();
    for (const age of [60_001, null]) {
      const restrictions = restrictionsOfAge(age);
      for (const viewer of [member, stranger]) {
        expect(() => restrictions.hiddenFrom(viewer)).toThrow(
          expect.objectContaining({
            extensions: expect.objectContaining({ code: 'DOWNSTREAM_SERVICE_ERROR' }) as unknown,
          }),
        );
      }
      await expect(restrictions.checkKnown()).rejects.toThrow('Which patients are restricted is not known');
    }
  });
});
