import { mayAct, policy, type Rule } from '@caregraph/access-policy';
import type { AuditRecorder } from '@caregraph/audit-trail';
import { parseId, validate, type Viewer } from '@caregraph/service-kit';
import { countAffected, spanOf } from './affected-appointments.js';
import type { AppointmentError } from './appointment.js';
import { lockClinic } from './booking-locks.js';
import type { BookingRepository } from './booking-repository.js';
import { transact, type Database, type Transaction } from './database.js';
import type { Directory } from './directory.js';
import type {
  AddClinicHolidayInput,
  AddExtraHoursInput,
  AddTimeOffInput,
  RemoveScheduleExceptionInput,
} from './generated/graphql.js';
import type { Prisma } from './generated/prisma/client.js';
import { findBookableDoctor } from './participants.js';
import type {
  NewScheduleException,
  ScheduleException,
  ScheduleExceptionOutcome,
} from './schedule-exception.js';
import { addClinicHolidayInput, addExtraHoursInput, addTimeOffInput } from './schedule-exception-input.js';
import type { ScheduleExceptionRepository } from './schedule-exception-repository.js';
import type { ScheduleRepository } from './schedule-repository.js';

/** The rules about time off, extra hours and holidays. One is made for each request. */
export type ScheduleExceptionService = ReturnType<typeof createScheduleExceptionService>;

interface Dependencies {
  readonly database: Database;
  readonly audit: AuditRecorder;
  readonly bookings: BookingRepository;
  readonly schedules: ScheduleRepository;
  readonly exceptions: ScheduleExceptionRepository;
  readonly directory: Directory;
}

export function createScheduleExceptionService(dependencies: Dependencies) {
  const { database, audit, bookings, schedules, exceptions, directory } = dependencies;

  /** Keeps bookings waiting that the exception is about, so that none slips in between. */
  async function lock(transaction: Transaction, whoActs: Prisma.Sql, doctorId: number | null): Promise<void> {
    if (doctorId === null) await lockClinic(transaction, whoActs);
    else await bookings.lock(transaction, whoActs, { doctorId });
  }

  /** Adds what is valid and allowed. Appointments that are booked stay. */
  async function add(viewer: Viewer, exception: NewScheduleException): Promise<ScheduleExceptionOutcome> {
    if (viewer.kind !== 'user') return refused('FORBIDDEN', 'Only users change schedules.', null);
    return transact(database, audit, async (transaction, whoActs) => {
      await lock(transaction, whoActs, exception.doctorId);
      const added = await exceptions.insert(transaction, viewer.id, exception);
      if (added === null) return refused('INVALID_INPUT', 'The same has been added already.', null);
      if (added.kind === 'EXTRA_HOURS') return done(added, null);
      return done(added, await countAffectedBy(transaction, added));
    });
  }

  /** How many appointments are left outside working time: of one doctor, or for a holiday of all. */
  async function countAffectedBy(transaction: Transaction, exception: ScheduleException): Promise<number> {
    const booked = await exceptions.listBooked(transaction, exception.doctorId, exception);
    const span = spanOf(booked);
    if (span === null) return 0;
    const doctorIds = [...new Set(booked.map(({ doctorId }) => doctorId))];
    const calendars = await schedules.findCalendars(doctorIds, span, transaction);
    return countAffected(
      new Map(doctorIds.map((id, index) => [id, calendars[index] ?? null])),
      exception,
      booked,
    );
  }

  /** Adds to what one doctor works. */
  async function addForDoctor(
    viewer: Viewer,
    rule: Rule,
    doctorId: string,
    exception: Omit<NewScheduleException, 'doctorId'>,
  ): Promise<ScheduleExceptionOutcome> {
    if (!mayAct(viewer, rule, parseId(doctorId))) return anotherDoctors(['doctorId']);
    const doctor = await findBookableDoctor(directory, doctorId);
    if (typeof doctor !== 'number') return refusedFor([doctor]);
    return add(viewer, { ...exception, doctorId: doctor });
  }

  return {
    async addTimeOff(viewer: Viewer, input: AddTimeOffInput): Promise<ScheduleExceptionOutcome> {
      const validated = validate(addTimeOffInput, input);
      if (!validated.ok) return refusedFor(validated.problems);
      const { doctorId, ...time } = validated.value;
      return addForDoctor(viewer, policy.mutate.addTimeOff, doctorId, { kind: 'TIME_OFF', ...time });
    },

    async addExtraHours(viewer: Viewer, input: AddExtraHoursInput): Promise<ScheduleExceptionOutcome> {
      const validated = validate(addExtraHoursInput, input);
      if (!validated.ok) return refusedFor(validated.problems);
      const { doctorId, date, ...hours } = validated.value;
      const time = { firstDate: date, lastDate: date, ...hours };
      return addForDoctor(viewer, policy.mutate.addExtraHours, doctorId, { kind: 'EXTRA_HOURS', ...time });
    },

    async addClinicHoliday(viewer: Viewer, input: AddClinicHolidayInput): Promise<ScheduleExceptionOutcome> {
      const validated = validate(addClinicHolidayInput, input);
      if (!validated.ok) return refusedFor(validated.problems);
      const { date, name } = validated.value;
      const wholeDay = { firstDate: date, lastDate: date, startTime: null, endTime: null };
      return add(viewer, { kind: 'CLINIC_HOLIDAY', doctorId: null, ...wholeDay, reason: name });
    },

    async remove(viewer: Viewer, { id }: RemoveScheduleExceptionInput): Promise<ScheduleExceptionOutcome> {
      const key = parseId(id);
      const found = key === null ? null : await exceptions.find(key);
      if (found === null) return notFound;
      if (found.doctorId === null && !mayAct(viewer, policy.mutate.addClinicHoliday, null)) {
        return refused('FORBIDDEN', "Administrators change the clinic's holidays.", ['id']);
      }
      const { removeScheduleException } = policy.mutate;
      if (!mayAct(viewer, removeScheduleException, found.doctorId)) return anotherDoctors(['id']);
      return transact(database, audit, async (transaction, whoActs) => {
        await lock(transaction, whoActs, found.doctorId);
        return (await exceptions.delete(transaction, found.id)) ? done(found, null) : notFound;
      });
    },
  };
}

function done(scheduleException: ScheduleException, affectedCount: number | null): ScheduleExceptionOutcome {
  return { scheduleException, affectedCount, userErrors: [] };
}

function refusedFor(userErrors: readonly AppointmentError[]): ScheduleExceptionOutcome {
  return { scheduleException: null, affectedCount: null, userErrors };
}

function refused(
  code: AppointmentError['code'],
  message: string,
  field: AppointmentError['field'],
): ScheduleExceptionOutcome {
  return refusedFor([{ code, message, field }]);
}

function anotherDoctors(field: readonly string[]): ScheduleExceptionOutcome {
  return refused('FORBIDDEN', 'Doctors change their own working time only.', field);
}

const notFound = refused('NOT_FOUND', 'There is no such exception.', ['id']);
