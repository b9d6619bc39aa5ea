import { mayAct, policy, type Rule } from '@caregraph/access-policy';
import type { Viewer } from '@caregraph/service-kit';
import { Prisma } from './generated/prisma/client.js';

/**
 * The condition, for a statement on `patients`, that the viewer sees the record: that it is not restricted, or that
 * the policy lets the viewer find restricted ones, every one or as a member of the care team. The one place that
 * decides it. A statement that may wait for a lock must not decide it, but one after it: see `lockPatient`.
 */
export function visibleTo(viewer: Viewer, rule: Rule = policy.find.restrictedPatient): Prisma.Sql {
  if (mayAct(viewer, rule, null)) return Prisma.sql`true`;
  return Prisma.sql`NOT EXISTS (
    SELECT FROM patient_restrictions AS restriction
    WHERE restriction.patient_id = patients.id AND restriction.lifted_at IS NULL AND NOT EXISTS (
      SELECT FROM care_team_members AS member
      WHERE member.patient_id = restriction.patient_id AND member.user_id = ${memberId(viewer, rule)}::integer
    ))`;
}

/** Whether a record is restricted, for a statement on `patients`. */
export const isRestricted = Prisma.sql`EXISTS (
  SELECT FROM patient_restrictions WHERE patient_id = patients.id AND lifted_at IS NULL)`;

/** As whom the viewer can be in a care team; null for whom the rule does not let in on that account. */
function memberId(viewer: Viewer, rule: Rule): number | null {
  return viewer.kind === 'user' && mayAct(viewer, rule, viewer.id) ? viewer.id : null;
}
