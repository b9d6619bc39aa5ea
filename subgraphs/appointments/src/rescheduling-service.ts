import type { AuditRecorder } from '@caregraph/audit-trail';
import { parseId, validate, type Viewer } from '@caregraph/service-kit';
import {
  invalid,
  notFound,
  refused,
  stale,
  taken,
  whereTimeIsFree,
  type Appointment,
  type AppointmentError,
  type AppointmentOutcome,
} from './appointment.js';
import { rescheduleAppointmentInput } from './appointment-input.js';
import type { AppointmentRepository } from './appointment-repository.js';
import { movableStatuses } from './appointment-status.js';
import type { AppointmentTypeRuleRepository } from './appointment-type-rule-repository.js';
import { findForbiddenWaivers, noteOverride } from './booking-override.js';
import type { BookingRepository } from './booking-repository.js';
import { findTimeProblem, rangeOf, termsOf } from './booking-rules.js';
import { transact, type Database } from './database.js';
import type { Directory } from './directory.js';
import type { RescheduleAppointmentInput } from './generated/graphql.js';
import { findParticipants } from './participants.js';
import type { ScheduleRepository } from './schedule-repository.js';

/** Moving what is booked, under the rules of booking. One is made for each request. */
export type ReschedulingService = ReturnType<typeof createReschedulingService>;

interface Dependencies {
  readonly database: Database;
  readonly audit: AuditRecorder;
  readonly appointments: AppointmentRepository;
  readonly bookings: BookingRepository;
  readonly schedules: ScheduleRepository;
  readonly typeRules: AppointmentTypeRuleRepository;
  readonly directory: Directory;
  /** The patients of whom the viewer may not know. */
  readonly hiddenPatients: () => readonly number[];
}

export function createReschedulingService(dependencies: Dependencies) {
  const { database, audit, appointments, bookings, schedules, typeRules } = dependencies;
  const { directory, hiddenPatients } = dependencies;

  return {
    /** Holds the new time against all that a booking is held against; patient, doctor and id stay. */
    async reschedule(viewer: Viewer, input: RescheduleAppointmentInput): Promise<AppointmentOutcome> {
      const validated = validate(rescheduleAppointmentInput, input);
      if (!validated.ok) return invalid(validated.problems);
      const { dateTime, version, duration, override } = validated.value;
      const id = parseId(validated.value.id);
      const [known] = id === null ? [] : await appointments.findMany([id]);
      if (known == null) return notFound;
      const forbidden = findForbiddenWaivers(viewer, override, known.doctorId);
      if (forbidden.length > 0) return { appointment: null, userErrors: forbidden };
      const hindrance = findHindrance(known, version);
      if (hindrance !== null) return hindrance;
      const participants = await findParticipants(directory, viewer, {
        patientId: String(known.patientId),
        doctorId: String(known.doctorId),
      });
      if (!('patientId' in participants)) return concerning(['id'], participants);
      const outcome = await whereTimeIsFree(() =>
        transact(database, audit, async (transaction, whoActs) => {
          await bookings.lock(transaction, whoActs, participants);
          const current = await bookings.lockAppointment(transaction, known.id);
          // The patient may have been restricted while this change waited for others.
          if (hiddenPatients().includes(current.patientId)) return notFound;
          const meanwhile = findHindrance(current, version);
          if (meanwhile !== null) return meanwhile;
          const rule = await typeRules.find(current.type, transaction);
          const time = { dateTime, duration: duration ?? current.duration };
          const doctors = [current.doctorId];
          const [calendar = null] = await schedules.findCalendars(doctors, rangeOf(time), transaction);
          const booking = { ...time, type: current.type };
          const problem = findTimeProblem(calendar, booking, termsOf(rule, override));
          if (problem !== null) return { appointment: null, userErrors: [problem] };
          const moved = await bookings.move(transaction, current, { ...rule, ...time, override });
          return moved === null ? taken('doctor') : { appointment: moved, userErrors: [] };
        }),
      );
      noteOverride(audit, 'Mutation.rescheduleAppointment', override, outcome);
      return outcome;
    },
  };
}

const notMovable = refused(
  'INVALID_TRANSITION',
  'Only appointments that are scheduled or confirmed can be moved.',
  ['id'],
);

/** Why an appointment cannot be moved at all; null when it can. */
function findHindrance(
  { status, isActive, version }: Appointment,
  expected: number | null | undefined,
): AppointmentOutcome | null {
  if (expected != null && expected !== version) return stale;
  return isActive && movableStatuses.some((movable) => movable === status) ? null : notMovable;
}

/** A refusal for the same reasons, about another part of the input. */
function concerning(field: readonly string[], errors: readonly AppointmentError[]): AppointmentOutcome {
  return { appointment: null, userErrors: errors.map((error) => ({ ...error, field })) };
}
