import type { BookingRequest } from './booking-request.js';
import type { Transaction } from './database.js';
import { Prisma } from './generated/prisma/client.js';
import type { Participants } from './participants.js';

/** For whom, and under which client's key, nobody else may book meanwhile. */
export interface Held extends Partial<Participants> {
  readonly doctorId: number;
  readonly request?: BookingRequest | null;
  /** The user whose holds are counted. */
  readonly holderId?: number;
}

/** The first of the two keys of our advisory locks, which keeps ids of different kinds apart. */
export const lockClasses = { key: 1, doctor: 2, patient: 3, holder: 4, clinic: 5 };

/**
 * Expressions that take the locks, always in the same order, so that none waits for one that waits for it: the clinic's,
 * which bookings share, then those of key, doctor, patient and holder. As text: what they return, PostgreSQL's nothing,
 * is no value that Prisma reads.
 */
export function locksOf({ doctorId, patientId, request, holderId }: Held): Prisma.Sql[] {
  const keyOf = ({ createdBy, idempotencyKey }: BookingRequest): Prisma.Sql =>
    Prisma.sql`${lockClasses.key}::integer, hashtext(${`${createdBy} ${idempotencyKey}`})`;
  const keys = [
    ...(request == null ? [] : [keyOf(request)]),
    Prisma.sql`${lockClasses.doctor}::integer, ${doctorId}::integer`,
    ...(patientId === undefined ? [] : [Prisma.sql`${lockClasses.patient}::integer, ${patientId}::integer`]),
    ...(holderId === undefined ? [] : [Prisma.sql`${lockClasses.holder}::integer, ${holderId}::integer`]),
  ];
  return [
    Prisma.sql`pg_advisory_xact_lock_shared(${lockClasses.clinic}::integer, 0)::text`,
    ...keys.map((key) => Prisma.sql`pg_advisory_xact_lock(${key})::text`),
  ];
}

/**
 * Begins a transaction of `transact` that is about every doctor: waits until no other one books or changes a schedule,
 * and keeps all of them waiting until this one ends.
 */
export async function lockClinic(transaction: Transaction, whoActs: Prisma.Sql): Promise<void> {
  await transaction.$executeRaw`
    SELECT ${whoActs}, pg_advisory_xact_lock(${lockClasses.clinic}::integer, 0)::text`;
}
