import { requiredText, text } from '@caregraph/service-kit';
import { z } from 'zod';
import { bookingOverrideInput } from './booking-override.js';
import type { AppointmentType } from './generated/graphql.js';

/** How long an appointment may take, in minutes: the CHECK of `appointments.duration`. */
export const appointmentDuration = z
  .int()
  .refine((minutes) => minutes >= 15 && minutes <= 480, 'must be between 15 and 480 minutes');

/** What an appointment is for. */
export const appointmentType = z.enum([
  'CONSULTATION',
  'FOLLOW_UP',
  'PROCEDURE',
  'EMERGENCY',
] as const satisfies readonly AppointmentType[]);
/** Whatever begins in the year 9999 ends in it, or has no RFC 3339 timestamp to say when. */
const dateTime = z
  .date()
  .refine((instant) => instant.getUTCFullYear() < 9_999, 'must be before the year 9999');
const reason = requiredText(10_000);
const notes = text(10_000);
const idempotencyKey = text(255).refine((key) => key !== '', 'must not be empty');

const override = bookingOverrideInput.nullish().transform((value) => value ?? null);

/** Columns that cannot be null: absent leaves them alone, null is refused. */
const version = z.int().nullish();

export const bookAppointmentInput = z.object({
  patientId: z.string(),
  doctorId: z.string(),
  dateTime,
  duration: appointmentDuration,
  type: appointmentType,
  reason,
  notes: notes.nullish().transform((value) => value ?? null),
  override,
  idempotencyKey: idempotencyKey.nullish().transform((value) => value ?? null),
  holdId: z
    .string()
    .nullish()
    .transform((value) => value ?? null),
});

export const updateAppointmentInput = z.object({
  id: z.string(),
  version,
  type: appointmentType.optional(),
  reason: reason.optional(),
  notes: notes.nullish(),
});

export const rescheduleAppointmentInput = z.object({
  id: z.string(),
  version,
  dateTime,
  duration: appointmentDuration.nullish(),
  override,
});

/** The same for every transition. A reason that says nothing is none. */
export const transitionInput = z.object({
  id: z.string(),
  version: version.transform((value) => value ?? null),
  reason: requiredText(1_000)
    .nullish()
    .transform((value) => value ?? null),
});
