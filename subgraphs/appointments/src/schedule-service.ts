import { mayAct, policy } from '@caregraph/access-policy';
import type { AuditRecorder } from '@caregraph/audit-trail';
import { fault, parseId, validate, type Viewer } from '@caregraph/service-kit';
import DataLoader from 'dataloader';
import type { AppointmentError } from './appointment.js';
import { appointmentDuration } from './appointment-input.js';
import type { BookingRepository } from './booking-repository.js';
import { transact, type Database } from './database.js';
import type { Directory } from './directory.js';
import { freeSlots } from './free-slots.js';
import type { QueryAvailableSlotsArgs, SetDoctorScheduleInput, Slot } from './generated/graphql.js';
import { findBookableDoctor } from './participants.js';
import type { ScheduleOutcome, Week } from './schedule.js';
import { setDoctorScheduleInput } from './schedule-input.js';
import type { ScheduleRepository } from './schedule-repository.js';
import { wholeDays, workingTime } from './working-time.js';

/** The longest time in which slots are sought, in milliseconds: two months. */
const longestSearch = 62 * 24 * 60 * 60_000;

/** The rules about doctors' working hours. One is made for each request. */
export type ScheduleService = ReturnType<typeof createScheduleService>;

interface Dependencies {
  readonly database: Database;
  readonly audit: AuditRecorder;
  readonly bookings: BookingRepository;
  readonly schedules: ScheduleRepository;
  readonly directory: Directory;
}

export function createScheduleService({ database, audit, bookings, schedules, directory }: Dependencies) {
  const byDoctor = new DataLoader<number, Week | null>((ids) => schedules.findMany(ids));

  return {
    async load(doctorId: number): Promise<Week['days'] | null> {
      const week = await byDoctor.load(doctorId);
      return week?.days ?? null;
    },

    /**
     * Slots that could be booked now: packed from the beginning of each gap of the local days, so that where they
     * begin depends neither on the search's limits nor on the clock.
     */
    async availableSlots({ doctorId, from, to, duration }: QueryAvailableSlotsArgs): Promise<Slot[]> {
      const search = { start: from.getTime(), end: to.getTime() };
      const earliest = Math.max(search.start, Date.now());
      if (search.start >= search.end) throw fault('BAD_USER_INPUT', '"from" must be before "to".');
      if (search.end - search.start > longestSearch) {
        throw fault('BAD_USER_INPUT', '"to" must be at most 62 days after "from".');
      }
      if (!appointmentDuration.safeParse(duration).success) {
        throw fault('BAD_USER_INPUT', '"duration" must be between 15 and 480 minutes.');
      }
      if (earliest >= search.end) return [];
      const id = parseId(doctorId);
      const week = id === null ? null : await byDoctor.load(id);
      if (id === null || week === null) return [];
      const doctor = await findBookableDoctor(directory, doctorId);
      if (typeof doctor !== 'number') {
        if (doctor.code !== 'DEPENDENCY_UNAVAILABLE') return [];
        throw fault('DOWNSTREAM_SERVICE_ERROR', doctor.message);
      }
      const taken = await bookings.findTaken(id, wholeDays(search, week));
      return freeSlots(workingTime(week, search), taken, duration * 60_000)
        .filter(({ start, end }) => start >= earliest && end <= search.end)
        .map(({ start, end }) => ({ startsAt: new Date(start), endsAt: new Date(end) }));
    },

    /** Replaces the whole week. Appointments that are booked stay, and no booking slips in between. */
    async set(viewer: Viewer, input: SetDoctorScheduleInput): Promise<ScheduleOutcome> {
      const validated = validate(setDoctorScheduleInput, input);
      if (!validated.ok) return refused(...validated.problems);
      const { timeZone, days } = validated.value;
      if (!mayAct(viewer, policy.mutate.setDoctorSchedule, parseId(input.doctorId))) {
        return refused({
          code: 'FORBIDDEN',
          message: 'Doctors set their own working hours only.',
          field: ['doctorId'],
        });
      }
      const doctor = await findBookableDoctor(directory, input.doctorId);
      if (typeof doctor !== 'number') return refused(doctor);
      await transact(database, audit, async (transaction, whoActs) => {
        await bookings.lock(transaction, whoActs, { doctorId: doctor });
        await schedules.replace(transaction, doctor, timeZone, days);
      });
      byDoctor.clear(doctor);
      return { doctor: { id: doctor }, userErrors: [] };
    },
  };
}

function refused(...userErrors: readonly AppointmentError[]): ScheduleOutcome {
  return { doctor: null, userErrors };
}
