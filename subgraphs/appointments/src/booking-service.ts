import { mayAct, policy } from '@caregraph/access-policy';
import { parseId, validate, type Viewer } from '@caregraph/service-kit';
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import {
  invalid,
  notFound,
  refused,
  stale,
  type Appointment,
  type AppointmentError,
  type AppointmentOutcome,
} from './appointment.js';
import { bookAppointmentInput, rescheduleAppointmentInput } from './appointment-input.js';
import type { AppointmentRepository } from './appointment-repository.js';
import { movableStatuses } from './appointment-status.js';
import type { BookingRepository, BookingRequest } from './booking-repository.js';
import { findTimeProblem } from './booking-rules.js';
import type { Database, Transaction } from './database.js';
import { retryConflicts, takenTime, type TakenTime } from './database-errors.js';
import type { Directory } from './directory.js';
import type { BookAppointmentInput, RescheduleAppointmentInput } from './generated/graphql.js';
import { findParticipants, patientNotFound } from './participants.js';
import type { ScheduleRepository } from './schedule-repository.js';
import type { Turns } from './turns.js';

/** Booking, and moving what is booked: the rules that keep anybody from being booked twice. */
export type BookingService = ReturnType<typeof createBookingService>;

interface Dependencies {
  readonly database: Database;
  readonly appointments: AppointmentRepository;
  readonly bookings: BookingRepository;
  readonly schedules: ScheduleRepository;
  readonly directory: Directory;
  readonly turns: Turns;
  /** The patients of whom the viewer may not know. */
  readonly hiddenPatients: () => readonly number[];
}

export function createBookingService(dependencies: Dependencies) {
  const { database, appointments, bookings, schedules, directory, turns, hiddenPatients } = dependencies;

  /** A transaction that books: again when PostgreSQL gives it up, never when somebody was faster. */
  function transact(
    work: (transaction: Transaction) => Promise<AppointmentOutcome>,
  ): Promise<AppointmentOutcome> {
    return retryConflicts(() => database.$transaction(work));
  }

  return {
    /** The same key with the same input returns the same appointment, also when both come at once. */
    async book(viewer: Viewer, input: BookAppointmentInput): Promise<AppointmentOutcome> {
      if (viewer.kind !== 'user') return refused('FORBIDDEN', 'Only users book.', null);
      const validated = validate(bookAppointmentInput, input);
      if (!validated.ok) return invalid(validated.problems);
      const { dateTime, duration, type, reason, notes } = validated.value;
      const mayWriteNotes = mayAct(viewer, policy.fill.BookAppointmentInput.notes, parseId(input.doctorId));
      if (notes !== null && !mayWriteNotes) {
        return refused('FORBIDDEN', 'Doctors write notes on their own appointments only.', ['notes']);
      }
      const hidden = hiddenPatients();
      const request = toRequest(viewer.id, validated.value);
      const repeated = request === null ? null : await bookings.findRequest(request);
      if (repeated !== null) return repetition(repeated, hidden);
      const participants = await findParticipants(directory, viewer, validated.value);
      if (!('patientId' in participants)) return { appointment: null, userErrors: participants };
      const appointment = { ...participants, dateTime, duration, type, reason, notes, createdBy: viewer.id };
      return turns.take(participants.doctorId, async (hasWaited) => {
        // In a rush the time is gone by now, as a rule: one look spares a transaction and the locks.
        const conflict = hasWaited && request === null ? await bookings.findConflict(appointment) : null;
        if (conflict !== null) return taken(conflict);
        return transact(async (transaction) => {
          await bookings.lock(transaction, { ...participants, request });
          const meanwhile = request === null ? null : await bookings.findRequest(request, transaction);
          if (meanwhile !== null) return repetition(meanwhile, hidden);
          // The patient may have been restricted while this booking waited for others.
          if (isHiddenMeanwhile(participants.patientId, hidden, hiddenPatients())) return unknownPatient;
          const [week = null] = await schedules.findMany([participants.doctorId], transaction);
          const problem = findTimeProblem(week, appointment, new Date());
          if (problem !== null) return { appointment: null, userErrors: [problem] };
          const booked = await bookings.insert(transaction, appointment);
          if (booked === 'doctor' || booked === 'patient') return taken(booked);
          if (request !== null) await bookings.insertRequest(transaction, request, booked.id);
          return { appointment: booked, userErrors: [] };
        });
      });
    },

    /** Holds the new time against all that a booking is held against; patient, doctor and id stay. */
    async reschedule(viewer: Viewer, input: RescheduleAppointmentInput): Promise<AppointmentOutcome> {
      const validated = validate(rescheduleAppointmentInput, input);
      if (!validated.ok) return invalid(validated.problems);
      const { dateTime, version, duration } = validated.value;
      const id = parseId(validated.value.id);
      const [known] = id === null ? [] : await appointments.findMany([id]);
      if (known == null) return notFound;
      const hindrance = findHindrance(known, version);
      if (hindrance !== null) return hindrance;
      const participants = await findParticipants(directory, viewer, {
        patientId: String(known.patientId),
        doctorId: String(known.doctorId),
      });
      if (!('patientId' in participants)) return concerning(['id'], participants);
      try {
        return await transact(async (transaction) => {
          await bookings.lock(transaction, participants);
          const current = await bookings.lockAppointment(transaction, known.id);
          // The patient may have been restricted while this change waited for others.
          if (hiddenPatients().includes(current.patientId)) return notFound;
          const meanwhile = findHindrance(current, version);
          if (meanwhile !== null) return meanwhile;
          const [week = null] = await schedules.findMany([current.doctorId], transaction);
          const time = { dateTime, duration: duration ?? current.duration };
          const problem = findTimeProblem(week, { ...time, type: current.type }, new Date());
          if (problem !== null) return { appointment: null, userErrors: [problem] };
          return { appointment: await bookings.move(transaction, current.id, time), userErrors: [] };
        });
      } catch (error) {
        const whose = takenTime(error);
        if (whose === null) throw error;
        return taken(whose);
      }
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

function taken(whose: TakenTime): AppointmentOutcome {
  return whose === 'doctor'
    ? refused('SLOT_TAKEN', 'The doctor has another appointment at that time.', ['dateTime'])
    : refused('PATIENT_CONFLICT', 'The patient has another appointment at that time.', ['dateTime']);
}

const unknownPatient: AppointmentOutcome = { appointment: null, userErrors: [patientNotFound] };

function isHiddenMeanwhile(patientId: number, before: readonly number[], now: readonly number[]): boolean {
  return now.includes(patientId) && !before.includes(patientId);
}

/** What the key was used for first, unless the patient is one of whom the viewer may not know any more. */
function repetition(
  { appointment, isSame }: { readonly appointment: Appointment; readonly isSame: boolean },
  hidden: readonly number[],
): AppointmentOutcome {
  if (!isSame) {
    return refused('IDEMPOTENCY_KEY_REUSED', 'The key was used for another booking.', ['idempotencyKey']);
  }
  return hidden.includes(appointment.patientId) ? unknownPatient : { appointment, userErrors: [] };
}

function toRequest(
  createdBy: number,
  { idempotencyKey, ...input }: z.output<typeof bookAppointmentInput>,
): BookingRequest | null {
  if (idempotencyKey === null) return null;
  // The schema puts the fields in one order, whatever order the client sent them in.
  const digest = createHash('sha256').update(JSON.stringify(input)).digest();
  return { createdBy, idempotencyKey, digest: new Uint8Array(digest) };
}
