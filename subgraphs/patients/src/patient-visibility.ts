import { mayAct, policy, type Rule } from '@caregraph/access-policy';
import type { Viewer } from '@caregraph/service-kit';
import { Prisma } from './generated/prisma/client.js';

/**
 * The condition, for a statement on `patients`, that the viewer sees the record: that it is not restricted, or that
 * the policy lets the viewer find restricted ones, every one or as a member of the care team. The one place that
 * decides it, with `whereVisible`, which says the same to Prisma.
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

/** The condition of `visibleTo`, for Prisma's own statements. */
export function whereVisible(viewer: Viewer): Prisma.PatientWhereInput {
  const rule = policy.find.restrictedPatient;
  if (mayAct(viewer, rule, null)) return {};
  const userId = memberId(viewer, rule);
  const isUnrestricted = { restrictions: { none: { liftedAt: null } } };
  return userId === null ? isUnrestricted : { OR: [isUnrestricted, { careTeam: { some: { userId } } }] };
}

/** As whom the viewer can be in a care team; null for whom the rule does not let in on that account. */
function memberId(viewer: Viewer, rule: Rule): number | null {
  return viewer.kind === 'user' && mayAct(viewer, rule, viewer.id) ? viewer.id : null;
}
