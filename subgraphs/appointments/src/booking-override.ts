import { mayAct, policy } from '@caregraph/access-policy';
import type { AuditRecorder } from '@caregraph/audit-trail';
import { requiredText, type Viewer } from '@caregraph/service-kit';
import { z } from 'zod';
import type { AppointmentError, AppointmentOutcome } from './appointment.js';

/** Which rules were waived for an appointment, and why. */
export interface BookingOverride {
  /** Working hours, breaks, days off and the minimum notice. */
  readonly outsideSchedule: boolean;
  readonly doctorOverlap: boolean;
  readonly patientOverlap: boolean;
  readonly reason: string;
}

const rules = ['outsideSchedule', 'doctorOverlap', 'patientOverlap'] as const;

const waiver = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);

export const bookingOverrideInput = z
  .object({
    outsideSchedule: waiver,
    doctorOverlap: waiver,
    patientOverlap: waiver,
    reason: requiredText(1_000),
  })
  .refine((override) => waivedRules(override).length > 0, 'must waive a rule');

/** The names of the rules that are waived. */
export function waivedRules(override: BookingOverride): (typeof rules)[number][] {
  return rules.filter((rule) => override[rule]);
}

/** What of an override the viewer may not waive, because the doctor is another one. Roles were asked about before. */
export function findForbiddenWaivers(
  viewer: Viewer,
  override: BookingOverride | null,
  doctorId: number | null,
): AppointmentError[] {
  if (override === null) return [];
  return waivedRules(override)
    .filter((rule) => !mayAct(viewer, policy.fill.BookingOverrideInput[rule], doctorId))
    .map((rule) => ({
      code: 'FORBIDDEN',
      message: 'Doctors waive rules for their own appointments only.',
      field: ['override', rule],
    }));
}

/** Has the trail say that rules were waived, once they have been. */
export function noteOverride(
  audit: AuditRecorder,
  operation: 'Mutation.bookAppointment' | 'Mutation.rescheduleAppointment',
  override: BookingOverride | null,
  { appointment }: AppointmentOutcome,
): void {
  if (override === null || appointment === null) return;
  const { id, patientId } = appointment;
  audit.note({
    ...{ action: 'OVERRIDE', outcome: 'SUCCESS', operation, fields: waivedRules(override) },
    ...{ recordType: 'Appointment', recordIds: [id], patientIds: [patientId] },
  });
}
