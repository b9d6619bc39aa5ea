import type { StoredText } from '@caregraph/encryption';
import { defineEnumMapping, type Connection, type InputProblem } from '@caregraph/service-kit';
import type { BookingOverride } from './booking-override.js';
import { takenTime, type TakenTime } from './database-errors.js';
import type { AppointmentServiceErrorCode, AppointmentStatus, AppointmentType } from './generated/graphql.js';

/** A row of the spec's `appointments`. */
export interface Appointment {
  readonly id: number;
  readonly patientId: number;
  readonly doctorId: number;
  readonly dateTime: Date;
  /** In minutes. */
  readonly duration: number;
  readonly type: AppointmentType;
  readonly status: AppointmentStatus;
  readonly reason: string;
  /** Not read until a resolver asks, and only for whoever may read it. */
  readonly notes: StoredText | null;
  readonly isActive: boolean;
  readonly version: number;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
  readonly createdBy: number;
  /** Null where no rule was waived. */
  readonly override: BookingOverride | null;
}

export type AppointmentConnection = Connection<Appointment>;

/** What a mutation of an appointment answers: the appointment, or why not. */
export interface AppointmentOutcome {
  readonly appointment: Appointment | null;
  readonly userErrors: readonly AppointmentError[];
}

/** A reason why a request was not carried out. */
export interface AppointmentError {
  readonly code: AppointmentServiceErrorCode;
  readonly message: string;
  readonly field: readonly string[] | null;
}

/** `AppointmentType` ↔ `appointments.type`. */
export const typeMapping = defineEnumMapping({
  CONSULTATION: 'consultation',
  FOLLOW_UP: 'follow-up',
  PROCEDURE: 'procedure',
  EMERGENCY: 'emergency',
});

/** `AppointmentStatus` ↔ `appointments.status`. */
export const statusMapping = defineEnumMapping({
  SCHEDULED: 'scheduled',
  CONFIRMED: 'confirmed',
  IN_PROGRESS: 'in-progress',
  COMPLETED: 'completed',
  CANCELLED: 'cancelled',
  NO_SHOW: 'no-show',
});

/** When something that begins at `dateTime` and takes `duration` minutes is over. */
export function endOf(dateTime: Date, duration: number): Date {
  return new Date(dateTime.getTime() + duration * 60_000);
}

/** A refusal for one reason. */
export function refused(
  code: AppointmentServiceErrorCode,
  message: string,
  field: readonly string[] | null,
): AppointmentOutcome {
  return { appointment: null, userErrors: [{ code, message, field }] };
}

/** A refusal for the rules that an input breaks; a duration out of range has a code of its own. */
export function invalid(problems: readonly InputProblem[]): AppointmentOutcome {
  return {
    appointment: null,
    userErrors: problems.map((problem) =>
      problem.field[0] === 'duration' ? { ...problem, code: 'INVALID_DURATION' } : problem,
    ),
  };
}

/** The refusals that every change of an appointment knows. */
export const notFound = refused('NOT_FOUND', 'There is no such appointment.', ['id']);
export const stale = refused('STALE_VERSION', 'The appointment has changed meanwhile; read it again.', [
  'version',
]);

/** The refusal of a time that somebody has taken already; `field` of the input asked for it. */
export function taken(whose: TakenTime, field: 'dateTime' | 'type' = 'dateTime'): AppointmentOutcome {
  return whose === 'doctor'
    ? refused('SLOT_TAKEN', 'The doctor is not free at that time.', [field])
    : refused('PATIENT_CONFLICT', 'The patient has another appointment at that time.', [field]);
}

/** What came of work that takes time; a refusal where PostgreSQL finds that somebody else has taken it. */
export async function whereTimeIsFree(
  work: () => Promise<AppointmentOutcome>,
  field?: 'dateTime' | 'type',
): Promise<AppointmentOutcome> {
  try {
    return await work();
  } catch (error) {
    const whose = takenTime(error);
    if (whose === null) throw error;
    return taken(whose, field);
  }
}
