import { mayAct, policy } from '@caregraph/access-policy';
import type { AuditRecorder } from '@caregraph/audit-trail';
import { parseId, validate, type Viewer } from '@caregraph/service-kit';
import { invalid, refused, taken, whereTimeIsFree, type AppointmentOutcome } from './appointment.js';
import { bookAppointmentInput } from './appointment-input.js';
import { noRule } from './appointment-type-rule.js';
import type { AppointmentTypeRuleRepository } from './appointment-type-rule-repository.js';
import { findForbiddenWaivers, noteOverride } from './booking-override.js';
import type { BookingRepository } from './booking-repository.js';
import { toBookingRequest } from './booking-request.js';
import type { BookingRequestRepository, RepeatedBooking } from './booking-request-repository.js';
import { findTimeProblem, rangeOf, termsOf } from './booking-rules.js';
import { transact, type Database } from './database.js';
import type { Directory } from './directory.js';
import type { BookAppointmentInput } from './generated/graphql.js';
import { findParticipants, patientNotFound } from './participants.js';
import type { ScheduleRepository } from './schedule-repository.js';
import { findHoldProblem } from './slot-hold-rules.js';
import type { SlotHoldRepository } from './slot-hold-repository.js';
import type { Turns } from './turns.js';

/** Booking: the rules that keep anybody from being booked twice. One is made for each request. */
export type BookingService = ReturnType<typeof createBookingService>;

interface Dependencies {
  readonly database: Database;
  readonly audit: AuditRecorder;
  readonly bookings: BookingRepository;
  readonly requests: BookingRequestRepository;
  readonly holds: SlotHoldRepository;
  readonly schedules: ScheduleRepository;
  readonly typeRules: AppointmentTypeRuleRepository;
  readonly directory: Directory;
  readonly turns: Turns;
  /** The patients of whom the viewer may not know. */
  readonly hiddenPatients: () => readonly number[];
}

export function createBookingService(dependencies: Dependencies) {
  const { database, audit, bookings, requests, holds, schedules, typeRules, directory } = dependencies;
  const { turns, hiddenPatients } = dependencies;

  return {
    /** The same key with the same input returns the same appointment, also when both come at once. */
    async book(viewer: Viewer, input: BookAppointmentInput): Promise<AppointmentOutcome> {
      if (viewer.kind !== 'user') return refused('FORBIDDEN', 'Only users book.', null);
      const validated = validate(bookAppointmentInput, input);
      if (!validated.ok) return invalid(validated.problems);
      const { dateTime, duration, type, reason, notes, override } = validated.value;
      const mayWriteNotes = mayAct(viewer, policy.fill.BookAppointmentInput.notes, parseId(input.doctorId));
      if (notes !== null && !mayWriteNotes) {
        return refused('FORBIDDEN', 'Doctors write notes on their own appointments only.', ['notes']);
      }
      const forbidden = findForbiddenWaivers(viewer, override, parseId(input.doctorId));
      if (forbidden.length > 0) return { appointment: null, userErrors: forbidden };
      const hidden = hiddenPatients();
      const request = toBookingRequest(viewer.id, validated.value);
      const repeated = request === null ? null : await requests.find(request);
      if (repeated !== null) return repetition(repeated, hidden);
      const participants = await findParticipants(directory, viewer, validated.value);
      if (!('patientId' in participants)) return { appointment: null, userErrors: participants };
      const isUnderHold = validated.value.holdId !== null;
      const holdId = parseId(validated.value.holdId ?? '');
      const appointment = {
        ...{ ...participants, dateTime, duration, type, reason, notes },
        ...{ createdBy: viewer.id, holdId, override },
      };
      // Repeated requests find what was booked before, and waive nothing.
      const booked = new Set<number>();
      const attempt = async (hasWaited: boolean): Promise<AppointmentOutcome> => {
        // In a rush the time is gone by now, as a rule: one look spares a transaction and the locks.
        const mayLook = hasWaited && request === null && !isUnderHold;
        const conflict = mayLook ? await bookings.findConflict({ ...appointment, ...noRule }) : null;
        if (conflict !== null) return taken(conflict);
        return transact(database, audit, async (transaction, whoActs) => {
          const id = await bookings.lockAndReserve(transaction, whoActs, { ...participants, request });
          const meanwhile = request === null ? null : await requests.find(request, transaction);
          if (meanwhile !== null) return repetition(meanwhile, hidden);
          // The patient may have been restricted while this booking waited for others.
          if (isHiddenMeanwhile(participants.patientId, hidden, hiddenPatients())) return unknownPatient;
          const doctors = [participants.doctorId];
          const [calendar = null] = await schedules.findCalendars(doctors, rangeOf(appointment), transaction);
          const rule = await typeRules.find(type, transaction);
          const problem = findTimeProblem(calendar, appointment, termsOf(rule, override));
          if (problem !== null) return { appointment: null, userErrors: [problem] };
          const hold = holdId === null ? null : await holds.find(holdId, viewer.id, transaction);
          const holdProblem = isUnderHold ? findHoldProblem(hold, appointment) : null;
          if (holdProblem !== null) return { appointment: null, userErrors: [holdProblem] };
          const inserted = await bookings.insert(transaction, id, { ...rule, ...appointment });
          if (inserted === 'doctor' || inserted === 'patient') return taken(inserted);
          if (hold !== null) await holds.delete(transaction, hold.id);
          if (request !== null) await requests.insert(transaction, request, inserted.id);
          booked.add(inserted.id);
          return { appointment: inserted, userErrors: [] };
        });
      };
      const outcome = await whereTimeIsFree(() => turns.take(participants.doctorId, attempt));
      if (booked.size > 0) noteOverride(audit, 'Mutation.bookAppointment', override, outcome);
      return outcome;
    },
  };
}

const unknownPatient: AppointmentOutcome = { appointment: null, userErrors: [patientNotFound] };

function isHiddenMeanwhile(patientId: number, before: readonly number[], now: readonly number[]): boolean {
  return now.includes(patientId) && !before.includes(patientId);
}

/** What the key was used for first, unless the patient is one of whom the viewer may not know any more. */
function repetition({ appointment, isSame }: RepeatedBooking, hidden: readonly number[]): AppointmentOutcome {
  if (!isSame) {
    return refused('IDEMPOTENCY_KEY_REUSED', 'The key was used for another booking.', ['idempotencyKey']);
  }
  return hidden.includes(appointment.patientId) ? unknownPatient : { appointment, userErrors: [] };
}
