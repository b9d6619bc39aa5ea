import type { AuditRecorder } from '@caregraph/audit-trail';
import { parseId, validate, type Viewer } from '@caregraph/service-kit';
import DataLoader from 'dataloader';
import { invalid, notFound, type Appointment, type AppointmentOutcome } from './appointment.js';
import type {
  AppointmentHistoryRepository,
  AppointmentTransition,
} from './appointment-history-repository.js';
import { transitionInput } from './appointment-input.js';
import type { AppointmentRepository } from './appointment-repository.js';
import { transact, type Database } from './database.js';
import type { AppointmentStatus, ConfirmAppointmentInput } from './generated/graphql.js';
import { findPrematurity, findTransition } from './transition-rules.js';

/** How appointments pass from one status to the next, and came to the one they have. One is made for each request. */
export type TransitionService = ReturnType<typeof createTransitionService>;

/** All inputs for transitions have the same fields. */
type TransitionInput = ConfirmAppointmentInput;

interface Dependencies {
  readonly database: Database;
  readonly audit: AuditRecorder;
  readonly appointments: AppointmentRepository;
  readonly histories: AppointmentHistoryRepository;
}

export function createTransitionService({ database, audit, appointments, histories }: Dependencies) {
  const byAppointment = new DataLoader<number, AppointmentTransition[]>((ids) => histories.findMany(ids));

  return {
    /** The steps that an appointment has taken, the oldest first. */
    async history(appointment: Appointment): Promise<AppointmentTransition[]> {
      const later = await byAppointment.load(appointment.id);
      return [...bookingOf(appointment, later[0]?.from), ...later];
    },

    /** Decides while the appointment is locked: two steps that come at once are taken one after the other. */
    async pass(viewer: Viewer, to: AppointmentStatus, input: TransitionInput): Promise<AppointmentOutcome> {
      const validated = validate(transitionInput, input);
      if (!validated.ok) return invalid(validated.problems);
      const { version, reason } = validated.value;
      const id = parseId(validated.value.id);
      if (id === null) return notFound;
      const outcome = await transact(database, audit, async (transaction, whoActs) => {
        const appointment = await appointments.lock(transaction, whoActs, id, reason);
        if (appointment === null) return notFound;
        const found = findTransition(viewer, appointment, { to, version });
        if ('userErrors' in found) return found;
        if (found.when !== 'any-time') {
          const moments = await histories.findMoments(transaction, appointment);
          const premature = findPrematurity(found.when, appointment, moments);
          if (premature !== null) return premature;
        }
        return { appointment: await appointments.setStatus(transaction, id, to), userErrors: [] };
      });
      byAppointment.clear(id);
      return outcome;
    },
  };
}

/** The first step, which the appointment itself tells; none where nobody knows when it was. */
function bookingOf(
  { createdAt, createdBy, status }: Appointment,
  nextFrom: AppointmentStatus | null | undefined,
): AppointmentTransition[] {
  if (createdAt === null) return [];
  return [{ from: null, to: nextFrom ?? status, at: createdAt, by: { id: createdBy }, reason: null }];
}
