import { describe, expect, it, vi } from 'vitest';
import { retryConflicts, takenTime } from './database-errors.js';

/** What Prisma throws: the database's own words stand within. */
const prismaError = (originalCode: string, originalMessage = '') =>
  Object.assign(new Error('Raw query failed.'), {
    code: 'P2010',
    meta: { driverAdapterError: { cause: { originalCode, originalMessage } } },
  });

describe('a time that is taken', () => {
  it.each([
    ['doctor', 'conflicting key value violates exclusion constraint "appointments_doctor_no_overlap"'],
    ['patient', 'kollidierender Schlüsselwert verletzt »x« "appointments_patient_no_overlap"'],
  ])('is told as that of the %s', (whose, message) => {
    expect(takenTime(prismaError('23P01', message))).toBe(whose);
  });

  it.each([
    ['another constraint', prismaError('23P01', 'exclusion constraint "rooms_no_overlap"')],
    ['another code', prismaError('23505', '"appointments_doctor_no_overlap"')],
    ['an error of our own', new Error('23P01')],
    ['nothing', null],
  ])('is not told of %s', (_, error) => {
    expect(takenTime(error)).toBeNull();
  });
});

describe('a transaction', () => {
  it.each(['40001', '40P01'])('is run again after %s', async (code) => {
    const transaction = vi.fn(() => Promise.resolve('done')).mockRejectedValueOnce(prismaError(code));
    await expect(retryConflicts(transaction)).resolves.toBe('done');
    expect(transaction).toHaveBeenCalledTimes(2);
  });

  it('is run again when its COMMIT failed, which comes without the wrapping', async () => {
    const failure = Object.assign(new Error('x'), { cause: { originalCode: '40001', originalMessage: '' } });
    const transaction = vi.fn(() => Promise.resolve('done')).mockRejectedValueOnce(failure);
    await expect(retryConflicts(transaction)).resolves.toBe('done');
  });

  it('is not run again for ever', async () => {
    const transaction = vi.fn(() => Promise.reject(prismaError('40P01')));
    await expect(retryConflicts(transaction)).rejects.toThrow('Raw query failed.');
    expect(transaction).toHaveBeenCalledTimes(5);
  });

  it('is not run again after any other failure', async () => {
    const transaction = vi.fn(() => Promise.reject(prismaError('23P01')));
    await expect(retryConflicts(transaction)).rejects.toThrow('Raw query failed.');
    expect(transaction).toHaveBeenCalledTimes(1);
  });
});
