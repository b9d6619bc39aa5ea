import type { AuditRecorder } from '@caregraph/audit-trail';
import {
  notFound,
  refused,
  stale,
  taken,
  whereTimeIsFree,
  type Appointment,
  type AppointmentOutcome,
} from './appointment.js';
import type { AppointmentChanges, AppointmentRepository } from './appointment-repository.js';
import { movableStatuses } from './appointment-status.js';
import type { AppointmentTypeRuleRepository } from './appointment-type-rule-repository.js';
import type { BookingRepository } from './booking-repository.js';
import { findScheduleProblem, rangeOf } from './booking-rules.js';
import { transact, type Database, type Transaction } from './database.js';
import type { AppointmentType } from './generated/graphql.js';
import type { ScheduleRepository } from './schedule-repository.js';

/** Giving an appointment another type, which may need more time, or working time. One is made for each request. */
export type RetypingService = ReturnType<typeof createRetypingService>;

interface Dependencies {
  readonly database: Database;
  readonly audit: AuditRecorder;
  readonly appointments: AppointmentRepository;
  readonly bookings: BookingRepository;
  readonly schedules: ScheduleRepository;
  readonly typeRules: AppointmentTypeRuleRepository;
  /** The patients of whom the viewer may not know. */
  readonly hiddenPatients: () => readonly number[];
}

export function createRetypingService(dependencies: Dependencies) {
  const { database, audit, appointments, bookings, schedules, typeRules, hiddenPatients } = dependencies;

  /** An emergency that becomes something else must be where that could have been booked. */
  async function staysInSchedule(
    appointment: Appointment,
    type: AppointmentType,
    transaction: Transaction,
  ): Promise<boolean> {
    if (type === 'EMERGENCY' || appointment.type !== 'EMERGENCY') return true;
    if (appointment.override?.outsideSchedule === true) return true;
    const doctors = [appointment.doctorId];
    const [calendar = null] = await schedules.findCalendars(doctors, rangeOf(appointment), transaction);
    return findScheduleProblem(calendar, appointment) === null;
  }

  return {
    /** Takes the new type's buffers, under the locks of booking; what has been held or has ended, keeps its own. */
    retype(
      { id, doctorId }: Pick<Appointment, 'id' | 'doctorId'>,
      version: number | null | undefined,
      changes: AppointmentChanges & { readonly type: AppointmentType },
    ): Promise<AppointmentOutcome> {
      return whereTimeIsFree(
        () =>
          transact(database, audit, async (transaction, whoActs) => {
            await bookings.lock(transaction, whoActs, { doctorId });
            const current = await bookings.lockAppointment(transaction, id);
            if (hiddenPatients().includes(current.patientId)) return notFound;
            if (version != null && version !== current.version) return stale;
            const isAhead = current.isActive && movableStatuses.some((status) => status === current.status);
            if (isAhead && !(await staysInSchedule(current, changes.type, transaction)))
              return outsideSchedule;
            const buffers = isAhead ? await typeRules.find(changes.type, transaction) : null;
            if (buffers !== null && (await bookings.isHeld(transaction, { ...current, ...buffers }))) {
              return taken('doctor', 'type');
            }
            const appointment = await appointments.updateIn(transaction, whoActs, id, null, {
              ...changes,
              buffers,
            });
            return appointment === null ? notFound : { appointment, userErrors: [] };
          }),
        'type',
      );
    },
  };
}

const outsideSchedule = refused('OUTSIDE_SCHEDULE', "The time is not within the doctor's working hours.", [
  'type',
]);
