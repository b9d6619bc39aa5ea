import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';

const adapterError = z.object({
  cause: z.object({ originalCode: z.string(), originalMessage: z.string() }),
});

/**
 * Where PostgreSQL's own code and message stand in what Prisma throws: it leaves exclusion violations unmapped,
 * under P2010 (raw SQL) or P2039, and a failed COMMIT arrives without the wrapping.
 */
const databaseError = z.union([
  z.object({ meta: z.object({ driverAdapterError: adapterError }) }).transform(({ meta }) => meta),
  adapterError.transform((driverAdapterError) => ({ driverAdapterError })),
]);

/** Whose time an exclusion constraint keeps from being taken twice. */
export type TakenTime = 'doctor' | 'patient';

/** Whose time was taken, when a write failed because of that; null for every other error. */
export function takenTime(error: unknown): TakenTime | null {
  const { code, message } = postgresError(error);
  if (code !== '23P01') return null;
  // The message may be translated; the constraint's name is not.
  if (message.includes('"appointments_doctor_no_overlap"')) return 'doctor';
  return message.includes('"appointments_patient_no_overlap"') ? 'patient' : null;
}

/** How often a transaction is begun before its failure is the caller's. */
const attempts = 5;

/**
 * Runs a transaction again when PostgreSQL gave it up in favour of another one (serialization failure 40001,
 * deadlock 40P01), after a random pause that grows. Other errors are thrown at once.
 */
export async function retryConflicts<Result>(transaction: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction();
    } catch (error) {
      const { code } = postgresError(error);
      if ((code !== '40001' && code !== '40P01') || attempt === attempts) throw error;
      await delay(Math.random() * 20 * 2 ** attempt);
    }
  }
}

function postgresError(error: unknown): { code: string; message: string } {
  const parsed = databaseError.safeParse(error);
  if (!parsed.success) return { code: '', message: '' };
  const { originalCode, originalMessage } = parsed.data.driverAdapterError.cause;
  return { code: originalCode, message: originalMessage };
}
