import type { Rule } from '@caregraph/access-policy';
import type { Viewer } from '@caregraph/service-kit';
import type { Transaction } from './database.js';
import type { Prisma } from './generated/prisma/client.js';
import { isRestricted, visibleTo } from './patient-visibility.js';

/** A record that is about to change. */
export interface LockedPatient {
  readonly version: number;
  readonly isRestricted: boolean;
}

/** On whose behalf a record is about to change. */
interface Actor {
  /** What `transact` has the first statement of a transaction select. */
  readonly whoActs: Prisma.Sql;
  readonly viewer: Viewer;
  /** By which the viewer sees the record, restricted or not. */
  readonly rule: Rule;
}

/**
 * Begins a transaction of `transact`: waits until nobody else changes the record, and keeps others waiting until the
 * transaction ends. Null where there is none, or none that the rule lets the viewer see now. Every change of a record
 * and of who sees it begins here.
 */
export async function lockPatient(
  transaction: Transaction,
  patientId: number,
  { whoActs, viewer, rule }: Actor,
): Promise<LockedPatient | null> {
  await transaction.$executeRaw`SELECT ${whoActs} FROM patients WHERE id = ${patientId} FOR UPDATE`;
  // A statement of its own, which sees what those have committed for whom the first one has waited: one that waits
  // looks at the row again, but at the restrictions and care teams as they were when it began.
  const [patient] = await transaction.$queryRaw<LockedPatient[]>`
    SELECT version, ${isRestricted} AS "isRestricted" FROM patients
    WHERE id = ${patientId} AND ${visibleTo(viewer, rule)}`;
  return patient ?? null;
}
